"""Addresses, networks and the words by which publishers close their texts."""
