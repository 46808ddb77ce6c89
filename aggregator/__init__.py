"""Self-hosted AI-news intelligence: feeds in, stories whose every sentence cites its source out."""
