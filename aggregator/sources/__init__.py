"""What the operator follows: which entries of a source are wanted."""
