"""The stages that keep histories and predictions."""
