"""Tests: the wheel, and what belongs to a release."""
