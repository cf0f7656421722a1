"""What is said of a column: its kind, and why."""

from dataclasses import dataclass

from events.dataset import ColumnKind

MOST_LEVELS = 50


@dataclass(frozen=True)
class Verdict:
    """A kind and the evidence for it in a few words."""

    kind: ColumnKind
    why: str


def as_whole(value: float | str) -> int | float | str:
    """A float that is whole as an int, so that it is spelled `2` and not `2.0`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
