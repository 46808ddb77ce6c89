"""What is written of a story: by rules, or by a model."""
