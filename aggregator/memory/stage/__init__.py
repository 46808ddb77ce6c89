"""The stage that keeps histories."""
