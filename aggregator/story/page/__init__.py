"""The page of a story, written from its facts: by a model, or by rules."""
