"""Contents of which nothing was found to be trained on and held out at once, a line each."""

from datetime import UTC, datetime

from events.identity import identify
from events.struct import Fact
from store.home import Home
from store.ledger import append_fact, sound_facts
from store.program import source_digest
from store.projections.state import State


class Separation(Fact, frozen=True):
    """What is trained on and what is held out have nothing in common, found anew from their content."""

    time: str
    """When, UTC, ISO 8601."""
    content: str
    """Digest of the tables and of the questions of verified episodes."""
    source: str
    """Digest of the program's source."""


def content_digest(state: State) -> str:
    """The digest of all that splits are made from."""
    tables = [(one.dataset, one.blob) for one in state.datasets.by_id.values()]
    return identify("separation", tables, sorted(one.question for one in state.verified().values()))


def separated(home: Home, state: State) -> bool:
    """Whether this program keeps that it found nothing in this very content."""
    wanted = (content_digest(state), source_digest())
    return any((one.content, one.source) == wanted for one in sound_facts(home.separations, Separation))


def keep_separation(home: Home, state: State) -> None:
    """Keep that nothing was found.

    Raises:
        OSError: the disk refused.
    """
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    append_fact(home.separations, Separation(now, content_digest(state), source_digest()))
