"""What is to happen on a day, as calendars that can be subscribed to."""
