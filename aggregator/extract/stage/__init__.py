"""The stage that turns entries into articles."""
