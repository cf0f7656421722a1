"""Whether training may start: every rule, what was found, what is allowed, and where to look."""
