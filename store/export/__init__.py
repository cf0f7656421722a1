"""Files for others: one format a file, verified episodes only."""
