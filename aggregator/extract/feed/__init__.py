"""Bytes of feeds, listings and sitemaps to entries."""
