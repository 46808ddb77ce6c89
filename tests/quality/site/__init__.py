"""A built site held to the rules of the web: by validators, in a browser, over the wire, and while
it changes.
"""
