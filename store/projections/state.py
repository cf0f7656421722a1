"""Everything that the log says, folded: all read models at one position."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from events.episode import EpisodeJudged
from events.identity import canonical_json, digest_of
from events.wire import AnyRecorded
from store.projections import datasets, episodes, funnel, integrity, questions, traces, workers
from store.projections.datasets import Datasets
from store.projections.episodes import Episodes
from store.projections.fold import FinishedWork
from store.projections.funnel import Funnel
from store.projections.integrity import Integrity
from store.projections.questions import Questions
from store.projections.traces import Traces
from store.projections.workers import Workers


@dataclass
class State:
    """The read models after the first `seq` events of the log."""

    ids: list[str] = field(default_factory=list)
    """Id of every event; event `seq` stands at `seq - 1`."""
    pending: FinishedWork = field(default_factory=FinishedWork)
    """Events of work that is not finished; they do not count yet."""
    datasets: Datasets = field(default_factory=datasets.initial)
    """Tables and refused files."""
    questions: Questions = field(default_factory=questions.initial)
    """Questions, streams and rejections."""
    traces: Traces = field(default_factory=traces.initial)
    """Attempts, records and grades."""
    episodes: Episodes = field(default_factory=episodes.initial)
    """Verdicts."""
    workers: Workers = field(default_factory=workers.initial)
    """Containers and processes."""
    funnel: Funnel = field(default_factory=funnel.initial)
    """From proposal to verified episode, by dataset and source."""
    integrity: Integrity = field(default_factory=integrity.initial)
    """What speaks against the record."""

    @property
    def seq(self) -> int:
        """The log position that this state stands at; 0 before the first event."""
        return len(self.ids)

    @property
    def head(self) -> str:
        """Id of the last event; empty before the first."""
        return self.ids[-1] if self.ids else ""

    def apply(self, recorded: AnyRecorded) -> None:
        """Take one event into every read model.

        Raises:
            BrokenHistoryError: the event refers to something that the log never told of.
        """
        self.ids.append(recorded.id)
        for counted in self.pending.release(recorded):
            datasets.apply(self.datasets, counted)
            questions.apply(self.questions, counted)
            traces.apply(self.traces, counted)
            episodes.apply(self.episodes, counted)
            workers.apply(self.workers, counted)
            funnel.apply(self.funnel, counted)
            integrity.apply(self.integrity, counted)

    def quarantined(self) -> frozenset[str]:
        """Ids of the episodes touched by a failure that somebody acknowledged."""
        found: set[str] = set()
        for failure in self.integrity.acknowledged:
            kind, key = self.integrity.touched.get(failure, ("work", ""))
            if kind == "episode":
                found.add(key)
            elif kind == "trace":
                found.update(self.episodes.with_trace(key))
            elif kind == "question":
                found.update(one for one, judged in self.episodes.judged.items() if judged.question == key)
        return frozenset(found)

    def verified(self) -> dict[str, EpisodeJudged]:
        """The verified episodes that count, quarantined ones left out, in order of id."""
        quarantined = self.quarantined()
        return {key: one for key, one in self.episodes.verified().items() if key not in quarantined}

    def beyond_doubt(self) -> dict[str, EpisodeJudged]:
        """The verified episodes that count and that no open failure touches, in order of id."""
        doubted = {failure.episode for failure in self.integrity.open_failures().values()}
        return {key: one for key, one in self.verified().items() if key not in doubted}

    def digests(self) -> dict[str, str]:
        """A digest of each read model by its name."""
        models: dict[str, Any] = {
            "datasets": self.datasets,
            "questions": self.questions,
            "traces": self.traces,
            "episodes": self.episodes,
            "workers": self.workers,
            "funnel": self.funnel,
            "integrity": self.integrity,
        }
        return {name: digest_of(canonical_json(model)) for name, model in models.items()}


def fold(events: Iterable[AnyRecorded]) -> State:
    """The state after all these events, from the log's first on.

    Raises:
        BrokenHistoryError: an event refers to something that the log never told of.
    """
    state = State()
    for recorded in events:
        state.apply(recorded)
    return state
