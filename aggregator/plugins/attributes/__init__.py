"""What articles state of products and companies, and comparisons of it."""
