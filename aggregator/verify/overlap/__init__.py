"""Gates by overlap of words. They go once anchors and judge stand."""
