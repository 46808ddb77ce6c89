"""What `aggregator doctor` looks at, a module a part; `examination` puts the parts in the order of
the way of the data.
"""
