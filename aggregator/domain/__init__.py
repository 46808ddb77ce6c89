"""What every stage speaks of: frozen records and the pure rules on addresses, dates and text."""
