"""Splits issues of newsletters, link lists and changelogs into items."""
