"""The static site: records of its pages."""
