"""Engines that propose claims for a story; none of them is trusted."""
