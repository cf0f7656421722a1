"""Disk: the log and what is folded from it. Imports events only."""
