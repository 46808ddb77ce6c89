"""`aggregator story`, `explain`, `eval` and `predictions`."""
