"""From an edition to letters, and what comes back: mail, messages, tokens, bounces, sending."""
