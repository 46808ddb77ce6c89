"""The memory between stages: schema, migrations, and one module a noun."""
