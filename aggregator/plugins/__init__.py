"""The bundled plugins, one folder each: `plugin.py` has its hooks."""
