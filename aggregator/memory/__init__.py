"""What is known of earlier stories: history, differences, unknowns, answers, timeline."""
