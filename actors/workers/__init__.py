"""Sessions behind the wall: the program inside it, and the host that keeps workers alive."""
