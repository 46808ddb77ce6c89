"""The only ways from questions to the store."""
