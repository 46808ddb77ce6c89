"""How alike two articles are."""
