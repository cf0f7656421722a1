"""The tables that can serve, and the files that were left out."""

from dataclasses import dataclass, field

from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.struct import Fact
from events.wire import AnyRecorded

HEARS: frozenset[type[Fact]] = frozenset({DatasetRegistered, DatasetRefused, DatasetTaken})
"""The events that may change the state."""


@dataclass
class Datasets:
    """Tables by id, refused files by path."""

    by_id: dict[str, DatasetRegistered] = field(default_factory=dict)
    """The first registration of each dataset; the same bytes under another name change nothing."""
    refused: dict[str, DatasetRefused] = field(default_factory=dict)
    """The last refusal of each path of which no table was registered or taken since."""
    under: dict[str, list[str]] = field(default_factory=dict)
    """The watched paths that ever led to each table, in the order of the tables."""


def initial() -> Datasets:
    """No table at all."""
    return Datasets()


def apply(state: Datasets, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    event = recorded.event
    if isinstance(event, DatasetRegistered):
        state.by_id.setdefault(event.dataset, event)
        state.refused.pop(event.path, None)
    elif isinstance(event, DatasetRefused):
        state.refused[event.path] = event
    elif isinstance(event, DatasetTaken):
        _taken(state, event)


def _taken(state: Datasets, event: DatasetTaken) -> None:
    if event.dataset in state.by_id:  # it may have been left out before, where there was less room
        state.refused.pop(state.by_id[event.dataset].path, None)
    if event.under:
        roots = state.under.setdefault(event.dataset, [])
        if event.under not in roots:
            roots.append(event.under)
