"""Which articles report one event, which are copies, and how stories rank."""
