"""Newsletters: splits issues into items, and has these vote for stories."""
