"""Measuring in interleaved rounds, so that a noisy moment hits every way of doing a thing alike."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

Sample = Callable[[], Awaitable[float]]
"""Does the thing once; how many seconds it took."""


@dataclass(frozen=True)
class Way:
    """One way of doing something."""

    task: str
    """What is done; ways of the same task are comparable."""
    name: str
    """How."""
    sample: Sample = field(compare=False)
    """Does it once."""
    burst: int = 1
    """How often in a row it is done each round; what takes no time can be done more often."""


@dataclass(frozen=True)
class Spread:
    """What the samples of one way come to, in seconds."""

    median: float
    least: float
    most: float


async def interleaved(ways: Sequence[Way], rounds: int, warm_up: int) -> dict[Way, Spread]:
    """Each way sampled once a round, each round beginning one way further on.

    Args:
        ways: what is compared.
        rounds: how many are kept.
        warm_up: rounds before them whose samples are thrown away.
    """
    samples: dict[Way, list[float]] = {way: [] for way in ways}
    for number in range(warm_up + rounds):
        first = number % len(ways)
        for way in (*ways[first:], *ways[:first]):
            taken = [await way.sample() for _ in range(way.burst)]
            if number >= warm_up:
                samples[way].extend(taken)
    return {way: Spread(median(taken), min(taken), max(taken)) for way, taken in samples.items()}
