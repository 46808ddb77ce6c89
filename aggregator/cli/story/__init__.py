"""`aggregator extract`, `story`, `search` and `ask`."""
