"""Measurements of the program as a user runs it; the numbers in README and CHANGELOG come from
here.
"""
