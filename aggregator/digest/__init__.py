"""The weekly edition and its mail."""
