"""Tables of pages, editions, subscribers and deliveries."""
