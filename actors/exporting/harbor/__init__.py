"""Questions as Harbor tasks: what an agent sees, and the grader that comes only after it has ended."""
