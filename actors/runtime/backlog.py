"""What one actor owes, and since when: the work that its `todo` named, less what has been settled since."""

from collections.abc import Callable, Iterator, Mapping

from actors.runtime.work import Work, WorkLedger


class Backlog:
    """Owed work in the order in which it is to be started; what runs, or waits for its next try, is in it."""

    def __init__(self, ledger: WorkLedger, now: Callable[[], float]) -> None:
        """Begin empty.

        Args:
            ledger: knows what is settled.
            now: seconds on a clock that only goes forward.
        """
        self.stale = True
        """Whether something happened since that may change what is owed."""
        self._ledger = ledger
        self._now = now
        self._works: dict[str, Work] = {}
        self._since: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._works)

    def __contains__(self, key: str) -> bool:
        return key in self._works

    def __iter__(self) -> Iterator[Work]:
        return iter(self._works.values())

    def name(self, owed: Mapping[str, Work]) -> None:
        """Take what is owed now in the place of what was; work that stays keeps its age."""
        now = self._now()
        self._works = {key: work for key, work in owed.items() if not self._ledger.settled(key)}
        self._since = {key: self._since.get(key, now) for key in self._works}
        self.stale = False

    def settle(self, key: str) -> None:
        """Take away work that was finished, parked or put aside; what is not in it is no matter."""
        if self._works.pop(key, None) is not None:
            del self._since[key]

    def oldest(self) -> float | None:
        """Seconds since the work that has been owed the longest was first named; None when nothing is."""
        return self._now() - min(self._since.values()) if self._since else None
