"""How a file becomes a table, what its columns are, and the same table disturbed on purpose."""
