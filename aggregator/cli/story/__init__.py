"""`aggregator extract`, `story`, `search`, `ask` and `predictions`."""
