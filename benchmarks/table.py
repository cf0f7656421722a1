"""Plain tables: the first column to the left, the others to the right, a unit on every figure."""

import os
import platform
from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns as wide as their widest cell; a row of one cell is a heading of its own."""
    lines = [head, *rows] if any(head) else rows
    full = [row for row in lines if len(row) == len(head)]
    widths = [max(len(row[column]) for row in full) for column in range(len(head))]
    return "\n".join(_line(row, widths) for row in lines)


def seconds(value: float) -> str:
    """A duration in the unit that suits it, to three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:#.3g}".rstrip(".") + f" {unit}"
    return f"{value / 1e-6:#.3g}".rstrip(".") + " µs"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:.3g} x" if value < 100 else f"{value:.0f} x"


def share(part: float, whole: float) -> str:
    """A part of a whole in per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "-"


def machine() -> str:
    """Where the figures come from: they mean nothing without it."""
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} CPUs ({platform.machine()}), "
        f"load {load:.1f} processes at the start"
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    if len(row) != len(widths):
        return row[0]
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures]).rstrip()
