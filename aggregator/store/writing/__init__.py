"""Tables of what is written about stories: analyses, answers, history, predictions."""
