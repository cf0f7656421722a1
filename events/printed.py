"""What a cell printed in all, where only a part of it is kept."""

from events.struct import Fact


class Gap(Fact, frozen=True):
    """A place in a kept text where something is left out; a line that says so stands there."""

    at: int
    """That line's number in the kept text, from 0."""
    lines: int
    """Lines of which nothing is kept."""
    bytes: int
    """What is left out, in UTF-8."""
    within: bool
    """Whether the line before it is cut: its end was not printed there."""


class Printed(Fact, frozen=True):
    """All that a cell wrote to one stream, where only a part of it is kept."""

    lines: int
    """How many lines it has."""
    bytes: int
    """Its size in UTF-8."""
    digest: str
    """BLAKE2b-128 of it as UTF-8."""
    gaps: tuple[Gap, ...]
    """Where the kept text leaves something out, in order."""
