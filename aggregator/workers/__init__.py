"""Workers on several machines: the portions of a refresh, the edition and the mail as jobs of a
queue on PostgreSQL.
"""
