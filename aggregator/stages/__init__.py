"""The stages as work on the store: each asks it what is pending, calls pure rooms and thin shells,
commits the result.
"""
