"""Tells the operator: alerts and status page."""
