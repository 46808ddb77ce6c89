"""Scores engines on invented stories, and explains and repeats what a run decided."""
