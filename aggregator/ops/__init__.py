"""Runs, health, backup, retention, removal and explanations for the operator."""
