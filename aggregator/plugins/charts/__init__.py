"""Charts: who reported a story when, stories a week, numbers of products beside each other."""
