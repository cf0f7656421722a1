"""Everything that the log says, folded: all read models at one position."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from events.episode import EpisodeJudged
from events.identity import canonical_json, digest_of
from events.struct import Event
from events.wire import AnyEvent, AnyRecorded
from store.projections import (
    calls,
    datasets,
    episodes,
    evaluations,
    funnel,
    integrity,
    questions,
    traces,
    trainings,
    workers,
)
from store.projections.calls import Calls
from store.projections.datasets import Datasets
from store.projections.episodes import Episodes
from store.projections.evaluations import Evaluations
from store.projections.fold import FinishedWork, Projection, hears
from store.projections.funnel import Funnel
from store.projections.integrity import Integrity
from store.projections.questions import Questions
from store.projections.rows import plain
from store.projections.traces import Traces
from store.projections.trainings import Trainings
from store.projections.workers import Workers

MODELS: Mapping[str, Projection] = {
    "datasets": datasets,
    "questions": questions,
    "traces": traces,
    "episodes": episodes,
    "workers": workers,
    "funnel": funnel,
    "integrity": integrity,
    "calls": calls,
    "evaluations": evaluations,
    "trainings": trainings,
}
"""Every read model by its name."""

Fold = Callable[[Any, AnyRecorded], None]

_TOLD: Mapping[bool, Mapping[type[Event], tuple[tuple[str, Fold], ...]]] = {
    finishes: {
        kind: tuple(
            (name, model.apply) for name, model in MODELS.items() if hears(model, kind, finishes=finishes)
        )
        for kind in get_args(AnyEvent)
    }
    for finishes in (False, True)
}
"""The read models that an event of a type may change, one that finishes a piece of work or not."""


@dataclass
class State:
    """The read models after the first `seq` events of the log."""

    seq: int = 0
    """The log position that this state stands at; 0 before the first event."""
    head: str = ""
    """Id of the last event; empty before the first."""
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
    calls: Calls = field(default_factory=calls.initial)
    """What calls of models cost."""
    evaluations: Evaluations = field(default_factory=evaluations.initial)
    """Who was measured, and how each answer was scored."""
    trainings: Trainings = field(default_factory=trainings.initial)
    """What was trained, and how far each run came."""

    def apply(self, recorded: AnyRecorded, names: Collection[str] = MODELS.keys()) -> None:
        """Take one event into read models.

        Args:
            recorded: the event after those that were taken in.
            names: the models that do not know it yet.

        Raises:
            BrokenHistoryError: the event refers to something that the log never told of.
        """
        self.take((recorded,), names)

    def take(self, events: Iterable[AnyRecorded], names: Collection[str] = MODELS.keys()) -> None:
        """Take many events into read models, as `apply` does one after the other."""
        release, models = self.pending.release, {name: getattr(self, name) for name in names}
        for recorded in events:
            self.seq, self.head = recorded.seq, recorded.id
            for counted in release(recorded):
                work = counted.work
                for name, apply in _TOLD[work is not None and work.finishes][type(counted.event)]:
                    if name in models:
                        apply(models[name], counted)

    def quarantined(self) -> frozenset[str]:
        """Ids of the episodes touched by a failure that somebody acknowledged."""
        found: set[str] = set()
        for failure in self.integrity.acknowledged:
            kind, key, _ = self.integrity.touched.get(failure, ("work", "", 0))
            if kind == "episode":
                found.add(key)
            elif kind == "trace":
                found.update(self.episodes.with_trace(key))
            elif kind == "dataset":
                found.update(one for one, judged in self.episodes.judged.items() if judged.dataset == key)
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
        return {name: digest_of(canonical_json(plain(getattr(self, name)))) for name in MODELS}


def fold(events: Iterable[AnyRecorded]) -> State:
    """The state after all these events, from the log's first on.

    Raises:
        BrokenHistoryError: an event refers to something that the log never told of.
    """
    state = State()
    state.take(events)
    return state
