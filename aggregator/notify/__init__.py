"""Notifies the operator and the receivers, and writes the metrics."""
