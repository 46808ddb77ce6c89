"""Records to page records: what a page says, without how it looks."""
