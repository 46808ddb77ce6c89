"""Editions for e-readers: a book beside each, and the catalogue from which readers fetch them."""
