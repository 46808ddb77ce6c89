"""What is known of earlier stories: history, timeline."""
