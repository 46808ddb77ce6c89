"""The predictions that are due, and the operator's judgement on them."""
