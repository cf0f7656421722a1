"""The verdicts: which episodes are verified, which are refused and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from events.episode import REFUSALS, EpisodeJudged
from events.struct import Fact
from events.wire import AnyRecorded

HEARS: frozenset[type[Fact]] = frozenset({EpisodeJudged})
"""The events that may change the state."""


@dataclass
class Episodes:
    """Judged episodes by id."""

    judged: dict[str, EpisodeJudged] = field(default_factory=dict)
    """The judgement of each episode."""
    events: dict[str, str] = field(default_factory=dict)
    """Id of the event that judged each episode."""

    def verified(self) -> dict[str, EpisodeJudged]:
        """The verified ones, in order of id."""
        return {
            key: self.judged[key] for key in sorted(self.judged) if self.judged[key].verdict == "verified"
        }

    def refused(self) -> dict[str, int]:
        """How many were refused in each category; every category is named."""
        counts = dict.fromkeys(map(str, REFUSALS), 0)
        for episode in self.judged.values():
            if episode.verdict != "verified":
                counts[episode.verdict] += 1
        return counts

    def with_trace(self, trace: str) -> list[str]:
        """Ids of the episodes in which this trace voted, sorted."""
        return sorted(
            key for key, episode in self.judged.items() if any(vote.trace == trace for vote in episode.votes)
        )


def by_evidence(episodes: Iterable[EpisodeJudged]) -> Mapping[str, int]:
    """How many of these episodes each kind of evidence has; both kinds are named."""
    counts = {"scripted": 0, "model": 0}
    for episode in episodes:
        counts[episode.evidence] += 1
    return counts


def initial() -> Episodes:
    """No verdict."""
    return Episodes()


def apply(state: Episodes, recorded: AnyRecorded) -> None:
    """Take one event into the state."""
    if isinstance(recorded.event, EpisodeJudged):
        state.judged[recorded.event.episode] = recorded.event
        state.events[recorded.event.episode] = recorded.id
