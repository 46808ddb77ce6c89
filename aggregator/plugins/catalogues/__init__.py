"""Catalogues of models: what they cost, how much they read, and until when they can be used."""
