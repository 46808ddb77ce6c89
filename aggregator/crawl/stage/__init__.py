"""The stage that fetches feeds, and what the store keeps of sources."""
