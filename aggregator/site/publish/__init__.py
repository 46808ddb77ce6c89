"""Writes pages, pictures and assets into the site folder."""
