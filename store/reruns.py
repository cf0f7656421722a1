"""Episodes that were run again and came out as recorded: a line each, bound to what the log says of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from events.identity import identify
from events.struct import Fact
from store.home import Home
from store.ledger import append_fact, sound_facts
from store.program import environment_digest, source_digest
from store.projections.state import State


class Rerun(Fact, frozen=True):
    """Every trace of an episode, run again in fresh sessions, came out as the log says."""

    time: str
    """When, UTC, ISO 8601."""
    episode: str
    """Id of the episode."""
    record: str
    """Digest of all that the log says of it: other words, another digest."""
    source: str
    """Digest of the program's source."""
    environment: str
    """Digest of what else decides results."""
    workers: str
    """What ran it."""


def record_digest(state: State, episode: str) -> str:
    """The digest of what the log says of an episode: its table, question, attempts and verdict."""
    judged = state.episodes.judged[episode]
    attempts = [state.traces.attempts.get(vote.trace) for vote in judged.votes]
    table = state.datasets.by_id.get(judged.dataset)
    return identify("rerun", table, state.questions.accepted.get(judged.question), attempts, judged)


def came_again(home: Home, state: State, episodes: Iterable[str]) -> frozenset[str]:
    """Those of some episodes of which this program, here, keeps that they came out as recorded."""
    here = (source_digest(), environment_digest())
    kept = {one.record for one in sound_facts(home.reruns, Rerun) if (one.source, one.environment) == here}
    return frozenset(one for one in episodes if kept and record_digest(state, one) in kept)


def keep_reruns(home: Home, state: State, episodes: Iterable[str], workers: str) -> None:
    """Keep that episodes came out as recorded.

    Raises:
        OSError: the disk refused.
    """
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    for episode in episodes:
        record = record_digest(state, episode)
        told = Rerun(now, episode, record, source_digest(), environment_digest(), workers)
        append_fact(home.reruns, told)
