"""Questions to the archive: the sentences of stored articles that answer them, and no others."""
