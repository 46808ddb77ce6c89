"""Page records to files: rendered, compared, written atomically."""
