"""Packages that pandas computes with where they are installed, and which no session has.

With them a column of text is of another type, some sums are taken in another order, and a session begins with
more than twice the address space: what a cell gives must not depend on what else a machine is used for.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

ABSENT = ("pyarrow", "numexpr", "bottleneck")


class _Finder(PathFinder):
    """Python's own, which does not see them."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module lies, if it may be seen."""
        return None if fullname in ABSENT else super().find_spec(fullname, path, target)


def hide() -> None:
    """Have this process, and all that are forked off it, be without them; before pandas is imported."""
    sys.meta_path[:] = [_Finder if finder is PathFinder else finder for finder in sys.meta_path]
