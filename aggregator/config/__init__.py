"""The operator’s files: settings, sources, registry, overrides, evaluation set."""
