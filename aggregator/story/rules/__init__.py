"""The extractive engine: choose and trim sentences."""
