"""Workers on several machines: the work units of a refresh, the edition and the mail as jobs of a
queue on PostgreSQL.
"""
