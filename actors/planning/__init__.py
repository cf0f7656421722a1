"""The plan as a program reads it: its outline, the rules that it has to keep, and the order of its items."""
