"""What is known of earlier stories: ledger, differences, unknowns, answers, history."""
