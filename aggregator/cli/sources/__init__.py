"""`aggregator sources`."""
