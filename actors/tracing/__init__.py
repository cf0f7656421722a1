"""What was said, what ran and what came back, aligned; and every hook judged by the code that really ran."""
