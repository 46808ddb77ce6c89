"""The facts of a story: noted by a model, or taken from its sentences by rules."""
