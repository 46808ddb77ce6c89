"""Examines the installation and says what to do."""
