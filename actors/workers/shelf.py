"""Which tables a worker holds, within a budget of memory; the least recently used goes first."""

from dataclasses import dataclass


@dataclass
class _Shadow:
    """A table that was dropped while sessions were open that were forked with it, and hold its pages."""

    memory: int
    sessions: set[int]


class Shelf:
    """What is held, what of it is in use, and what room is left.

    Args:
        budget: bytes of memory for all tables together.
    """

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._held: dict[str, int] = {}
        """The memory of each table, the least recently used first."""
        self._since: dict[str, int] = {}
        """The first session that may be forked with each."""
        self._sessions: dict[int, str] = {}
        self._shadows: list[_Shadow] = []
        self._next = 0

    @property
    def room(self) -> int:
        """Bytes that another table may take now."""
        shadows = sum(shadow.memory for shadow in self._shadows)
        return self.budget - sum(self._held.values()) - shadows

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that are held, the least recently used first."""
        return tuple(self._held)

    def __contains__(self, dataset: str) -> bool:
        return dataset in self._held

    def put(self, dataset: str, memory: int) -> None:
        """A table was read."""
        self._held[dataset] = memory
        self._since[dataset] = self._next

    def open(self, dataset: str) -> int:
        """A session of a table that is held begins; its number."""
        self._held[dataset] = self._held.pop(dataset)
        number, self._next = self._next, self._next + 1
        self._sessions[number] = dataset
        return number

    def close(self, session: int) -> None:
        """A session is over."""
        del self._sessions[session]
        for shadow in self._shadows:
            shadow.sessions.discard(session)
        self._shadows = [shadow for shadow in self._shadows if shadow.sessions]

    def idle(self) -> str | None:
        """The least recently used table that no session has open; None where there is none."""
        used = set(self._sessions.values())
        return next((dataset for dataset in self._held if dataset not in used), None)

    def drop(self, dataset: str) -> None:
        """A table was dropped. Its room is free when those are over that were open then."""
        memory, since = self._held.pop(dataset), self._since.pop(dataset)
        forked = {session for session in self._sessions if session >= since}
        if forked:
            self._shadows.append(_Shadow(memory, forked))
