"""Tests: one message and its parts."""
