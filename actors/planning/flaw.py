"""What a rule finds, and what a rule is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actors.planning.plan import Plan


@dataclass(frozen=True)
class Flaw:
    """One thing that is not as it should be."""

    line: int
    """Where, from 1."""
    found: str
    """What is wrong, in one sentence."""
    mend: str
    """What to do."""


Rule = Callable[[Plan], Iterator[Flaw]]
"""The first line of its docstring is what it asks; its name is the rule's."""
