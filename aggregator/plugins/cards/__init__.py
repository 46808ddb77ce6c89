"""Cards: the pictures that stand for pages where they are shared."""
