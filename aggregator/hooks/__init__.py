"""What plugins may add to the program, and which plugins there are."""
