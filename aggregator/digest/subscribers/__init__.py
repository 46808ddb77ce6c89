"""Addresses, tokens and limits of subscribers."""
