"""Packages that pandas computes with where they are installed, and which no session has.

With them a column of text is of another type, some sums are taken in another order, and a session begins with
more than twice the address space: what a cell gives must not depend on what else a machine is used for.
"""

import sys

ABSENT = ("pyarrow", "numexpr", "bottleneck")


def hide() -> None:
    """Have this process, and all that are forked off it, be without them; before pandas is imported."""
    for package in ABSENT:
        sys.modules[package] = None  # type: ignore[assignment]  # Python's own mark of what cannot be imported
