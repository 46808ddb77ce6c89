"""The demo: an invented world, served on loopback, read by the real pipeline."""
