"""Asking sources and pages: planned politely, judged purely, run through the Web port."""
