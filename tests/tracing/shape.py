"""A shape of code: cells that raise one hook at their end, and what the grounder is to say of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Shape:
    """Code and a claim about it."""

    code: tuple[str, ...]
    """Of each cell; the hook comes at the end of the last."""
    line: str
    """The statements that are said to have made the value."""
    reason: str
    """What the grounder says."""
    program: Callable[[pd.DataFrame], Mapping[str, object]]
    """What the question's program holds on a table."""
    value: str = "x"
    """What the hook shows."""
    name: str = "x"
    """What it calls that."""

    @property
    def cells(self) -> tuple[str, ...]:
        """The code with the hook."""
        *before, final = self.code
        return (*before, f"{final}\nhook({self.value}, {self.line!r}, name={self.name!r})")


def cells_of(code: str | tuple[str, ...]) -> tuple[str, ...]:
    """One cell is written as its code alone."""
    return (code,) if isinstance(code, str) else code
