"""Tests: unit/fetch."""
