"""The stages of editions, mail and subscribers."""
