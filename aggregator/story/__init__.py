"""What is written of a story: rules, model, attributes."""
