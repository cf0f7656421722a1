"""What a figure should come to, printed beside what it came to here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.rounds import Spread
from benchmarks.table import table, times


@dataclass(frozen=True)
class Target:
    """One promise: a ratio, or a figure, and the bound that its median should keep."""

    what: str
    """What is compared with what."""
    ratio: Spread
    """What was measured."""
    bound: float
    """The ratio wanted."""
    least: bool = True
    """Whether it should be at least so much; else at most."""
    told: Callable[[float], str] = times
    """How a figure of it is written."""

    @property
    def met(self) -> bool:
        """Whether the median keeps the bound."""
        return self.ratio.median >= self.bound if self.least else self.ratio.median <= self.bound

    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        wanted = f"at {'least' if self.least else 'most'} {self.told(self.bound)}"
        figures = (self.ratio.median, self.ratio.least, self.ratio.most)
        return (f"  {self.what}", *map(self.told, figures), wanted, "met" if self.met else "not met")


def targets(promised: Sequence[Target], what: str = "ratio in each round") -> str:
    """The promises as a table."""
    head = (f"target: {what}", "median", "least", "most", "wanted", "here")
    return table(head, [one.row() for one in promised])
