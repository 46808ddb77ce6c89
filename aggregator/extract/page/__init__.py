"""Bytes of pages to articles and passages."""
