"""What is known of earlier stories: history, differences, timeline."""
