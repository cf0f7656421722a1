"""The questions of a home as a task of Inspect."""
