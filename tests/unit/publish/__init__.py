"""Tests of what publishes, without a folder."""
