"""`aggregator edition`, `digest`, `subscribers` and `bounces`."""
