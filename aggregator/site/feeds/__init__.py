"""Feeds, sitemaps and files for machines."""
