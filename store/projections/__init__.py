"""Read models: each a deterministic fold of the log, one a file."""
