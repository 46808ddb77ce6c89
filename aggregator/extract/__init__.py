"""From bytes to records: feeds, article pages and the passages that citations point into."""
