"""Messages, their delivery and their return."""
