"""Tests: which entries are wanted."""
