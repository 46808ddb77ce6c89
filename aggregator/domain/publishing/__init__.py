"""Records of what is published: pages, cards, editions, subscribers."""
