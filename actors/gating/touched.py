"""What failures touch: simulated ones by episode, lost blobs by who names them; and what is settled."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from actors.gating.case import Case
from events.gate import IntegrityFailure
from events.struct import Event
from store.named import blobs_of
from store.projections.state import State


class Namer(NamedTuple):
    """Something of the log that names a blob."""

    kind: str
    """`dataset` or `trace`."""
    key: str
    """Its id."""
    event: str
    """Id of an event about it, which can be acknowledged."""

    def __str__(self) -> str:
        return f"event {self.event}: {self.kind} {self.key}"


class Settled:
    """What somebody looked at already, whose episodes are quarantined.

    Args:
        state: what the log gives.
    """

    def __init__(self, state: State) -> None:
        touched = (state.integrity.touched.get(one) for one in state.integrity.acknowledged)
        self._seen = {(one[0], one[1]) for one in touched if one is not None}
        self._traces = {
            vote.trace for episode in state.quarantined() for vote in state.episodes.judged[episode].votes
        }

    def covers(self, namer: Namer) -> bool:
        """Whether no episode that counts stands on it any more."""
        return (namer.kind, namer.key) in self._seen or namer.key in self._traces


def simulated(case: Case, *kinds: IntegrityFailure) -> list[str]:
    """Where to see each simulated failure of these kinds that nobody acknowledged."""
    return [
        f"tracegate inspect episode {event.episode} (event {key}: simulated {event.kind})"
        for key, event in case.state.integrity.open_failures().items()
        if event.kind in kinds
    ]


def namers(state: State, digests: Collection[str]) -> dict[str, list[Namer]]:
    """The tables and traces that name each of these blobs, in order of id; tables first."""
    found: dict[str, list[Namer]] = {digest: [] for digest in digests}
    for namer, event in _naming(state) if digests else ():
        for digest in blobs_of(event):
            if digest in found:
                found[digest].append(namer)
    return found


def _naming(state: State) -> Iterator[tuple[Namer, Event]]:
    events = {key: event for event, (kind, key, _) in state.integrity.touched.items() if kind == "dataset"}
    for key, table in sorted(state.datasets.by_id.items()):
        yield Namer("dataset", key, events[key]), table
    for key in sorted(state.traces.attempts):
        yield Namer("trace", key, state.traces.events[key]), state.traces.attempts[key]


def event_of_dataset(state: State, dataset: str) -> str:
    """Id of an event that registered a table; empty where none did."""
    touched = state.integrity.touched.items()
    return next((event for event, (kind, key, _) in touched if (kind, key) == ("dataset", dataset)), "")
