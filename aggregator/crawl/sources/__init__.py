"""The operator’s sources: discovery, filters, health, OPML."""
