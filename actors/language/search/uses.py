"""How often what there is to choose from was chosen, so that the least used comes next."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice", bound=Hashable)


class Uses:
    """Draws that even out.

    Args:
        rng: decides between those that were used equally often.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._counts: Counter[Hashable] = Counter()

    def ranked(self, choices: Iterable[Choice], *within: Hashable) -> list[Choice]:
        """All choices, the least used first.

        Args:
            choices: in an order that is the same in every process.
            within: for which place; uses in another place count for nothing.
        """
        given = list(choices)
        order = {choice: self._rng.random() for choice in given}
        return sorted(given, key=lambda choice: (self._counts[within, choice], order[choice]))

    def least(self, choices: Sequence[Choice], *within: Hashable) -> Choice:
        """The least used one, which counts as used now."""
        chosen = self.ranked(choices, *within)[0]
        self.note(chosen, *within)
        return chosen

    def count(self, choice: Hashable, *within: Hashable) -> int:
        """How often one was used."""
        return self._counts[within, choice]

    def lead(self, choice: Hashable, others: Iterable[Hashable], *within: Hashable) -> int:
        """How many times more one was used than the least used of some others."""
        return self._counts[within, choice] - min(self._counts[within, other] for other in others)

    def note(self, choice: Hashable, *within: Hashable, times: int = 1) -> None:
        """One was used, so many times."""
        self._counts[within, choice] += times
