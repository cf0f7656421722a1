"""Measuring in interleaved rounds, so that a noisy moment hits every way of doing a thing alike."""

from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

Sample = Callable[[], Awaitable[float]]
"""Does the thing once; how many seconds it took."""

WayT = TypeVar("WayT", bound=Hashable)


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
    taken = await sampled(ways, rounds, warm_up)
    return {way: spread([one for burst in bursts for one in burst]) for way, bursts in taken.items()}


async def sampled(ways: Sequence[Way], rounds: int, warm_up: int) -> dict[Way, list[list[float]]]:
    """The samples themselves: for each way a burst a round.

    Args:
        ways: what is compared.
        rounds: how many are kept.
        warm_up: rounds before them whose samples are thrown away.
    """
    samples: dict[Way, list[list[float]]] = {way: [] for way in ways}
    for way, kept in in_turn(ways, rounds, warm_up):
        taken = [await way.sample() for _ in range(way.burst)]
        if kept:
            samples[way].append(taken)
    return samples


def measured(ways: Mapping[WayT, Callable[[], float]], rounds: int) -> dict[WayT, list[float]]:
    """The same for what is no coroutine: the sample of each way in each round.

    A round before them is thrown away, where more than one is asked for.
    """
    samples: dict[WayT, list[float]] = {way: [] for way in ways}
    for way, kept in in_turn(list(ways), rounds, warm_up=min(1, rounds - 1)):
        taken = ways[way]()
        if kept:
            samples[way].append(taken)
    return samples


def in_turn(ways: Sequence[WayT], rounds: int, warm_up: int) -> Iterator[tuple[WayT, bool]]:
    """Each way once a round, each round beginning one way further on; and whether the round is kept."""
    for number in range(warm_up + rounds):
        first = number % len(ways)
        for way in (*ways[first:], *ways[:first]):
            yield way, number >= warm_up


def spread(samples: Sequence[float]) -> Spread:
    """What these samples come to."""
    return Spread(median(samples), min(samples), max(samples))


def by_round(upper: Sequence[float], lower: Sequence[float]) -> Spread:
    """The ratio of two ways, taken in each round by itself: what slows a round down slows both."""
    return spread([one / other for one, other in zip(upper, lower, strict=True)])
