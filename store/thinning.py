"""Which positions of the past stay near when not all of them can be kept.

The newest are all kept; of those behind them the fewer, the further back. Before a position that is `age`
steps old one is kept that is at most `age / DENSE` steps away, or one step. So what is kept grows with the
logarithm of the past, and the further back somebody looks, the more has to be folded again.
"""

from collections.abc import Collection

DENSE = 8
"""How many are kept, at least, for each doubling of their age."""


def redundant(positions: Collection[int], every: int) -> list[int]:
    """The positions that can be given up, in order.

    What is given up now would be later too: so it does not matter how often this is asked.

    Args:
        positions: those that are kept, events counted from the log's beginning.
        every: how many events make a step.
    """
    if not positions:
        return []
    newest = max(positions)
    first: dict[tuple[int, int], int] = {}
    for position in sorted(positions):
        first.setdefault(_span(position // every, newest // every), position)
    return sorted(set(positions) - {*first.values(), newest})


def _span(step: int, newest: int) -> tuple[int, int]:
    """What a step shares its one place with: the longest run of steps that is old enough as a whole."""
    doublings = 0
    while newest - _last(step, doublings + 1) >= DENSE << (doublings + 1):
        doublings += 1
    return doublings, step >> doublings


def _last(step: int, doublings: int) -> int:
    """The last step of the run of 1, 2, 4… that a step is in; longer runs are made of shorter ones."""
    return ((step >> doublings) + 1 << doublings) - 1
