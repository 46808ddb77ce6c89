"""The stages that keep ledgers and predictions."""
