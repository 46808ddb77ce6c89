"""Tests: clustering."""
