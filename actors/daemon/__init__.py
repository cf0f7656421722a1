"""The long-running service: seasons of work on watched files, until it is told to end."""
