"""Who may begin new work: everybody at any time, but for sources while much is owed behind them.

A source's work brings work for others. Were it never held back, what is owed could grow without bound; were
others held back as well, they could wait for each other in a cycle.
"""

from collections.abc import Mapping, Sequence

from actors.runtime.crew import Crew
from actors.runtime.host import Host

Crewed = Sequence[tuple[Host, Crew]]


class Admission:
    """Hands out tokens to sources; each piece of unfinished work behind them holds one.

    A source begins one more piece of work only while fewer pieces than its tokens are owed by those who are
    no source, or run for a source. What sources owe does not count: so where nothing else is owed, the source
    may always begin, and nobody who is waited for ever waits.

    Args:
        tokens: by source, how many there are; at least 1.
    """

    def __init__(self, tokens: Mapping[str, int]) -> None:
        self._tokens = dict(tokens)

    def admits(self, name: str, crewed: Crewed) -> bool:
        """Whether this actor may begin one more piece of work now.

        A source waits until all others know what they owe: what its last work brought must be counted.
        """
        if name not in self._tokens:
            return True
        behind = [(host, crew) for host, crew in crewed if host.name not in self._tokens]
        if not all(host.current for host, _ in behind):
            return False
        under_way = sum(len(crew.running) for host, crew in crewed if host.name in self._tokens)
        return under_way + sum(_load(host, crew) for host, crew in behind) < self._tokens[name]


def _load(host: Host, crew: Crew) -> int:
    """Pieces of work that are owed; one that runs although it is owed no more counts until it ends."""
    return len(host.backlog) + sum(key not in host.backlog for key in crew.running)
