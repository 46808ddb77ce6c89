"""The tests: see CONTRIBUTING for what stands at which level."""
