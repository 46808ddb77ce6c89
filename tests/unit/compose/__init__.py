"""Tests: unit/compose."""
