"""The similarity of articles, from their words to clusters."""
