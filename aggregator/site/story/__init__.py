"""A story’s page, with its JSON and Markdown."""
