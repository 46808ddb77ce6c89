"""Tables of sources, entries, articles and stories."""
