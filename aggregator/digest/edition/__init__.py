"""Chooses and orders what an edition says."""
