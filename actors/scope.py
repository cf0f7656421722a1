"""What the running command works on, folded from the log.

An actor folds whatever it hears of and asks only in `todo` what is in scope, so that a table which is taken
in later finds everything known that was ever said of it.
"""

from dataclasses import dataclass, field

from events.dataset import DatasetTaken
from events.question import Question, StreamRequested
from events.runtime import RunStarted
from events.struct import Event

HEARD: frozenset[type[Event]] = frozenset({RunStarted, DatasetTaken})
"""What an actor must hear to know the scope."""


@dataclass
class Scope:
    """Seed and sources of the last `RunStarted`, and the tables taken in since."""

    seed: int = 0
    sources: frozenset[str] = frozenset()
    datasets: set[str] = field(default_factory=set)

    def apply(self, event: Event) -> None:
        """Take one event into the scope; those that say nothing of it change nothing."""
        if isinstance(event, RunStarted):
            self.seed, self.sources = event.seed, frozenset(event.sources)
            self.datasets = set()
        elif isinstance(event, DatasetTaken):
            self.datasets.add(event.dataset)

    def holds(self, question: Question) -> bool:
        """Whether a question is to be solved and judged, whatever stream proposed it."""
        return question.source in self.sources and question.dataset in self.datasets

    def holds_stream(self, request: StreamRequested) -> bool:
        """Whether a stream is to be continued."""
        known = request.source in self.sources and request.dataset in self.datasets
        return known and request.seed == self.seed
