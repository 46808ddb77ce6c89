"""The gates: pure functions that turn a claim away or let it pass."""
