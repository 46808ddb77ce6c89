"""Tables of what is written about stories: analyses, answers, attributes, history, predictions."""
