"""Anchors: what of a claim can be checked exactly against the whole story that it is about."""
