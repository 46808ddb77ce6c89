"""The page of an edition, with its JSON."""
