"""Tables as they are printed."""


def frame(rows: int, columns: int) -> list[str]:
    """A table as pandas prints it, of columns so wide."""
    header = "      " + "".join(f"  column_{n:03}" for n in range(columns))
    return [header, *(f"{row:6}" + f"{row:12}" * columns for row in range(rows))]
