"""Scores how issues of newsletters are split, and for what their items vote."""
