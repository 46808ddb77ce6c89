"""The operator’s files: settings, sources, registry, overrides."""
