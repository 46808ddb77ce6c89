"""Asks sources and pages politely: plan, request, outcome."""
