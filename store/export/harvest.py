"""What an export is made from: verified episodes beyond doubt, and where each stands and comes from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from events.episode import EpisodeJudged, TraceVote
from events.identity import canonical_json, digest_of
from events.question import Question
from store.projections.state import State
from store.splits import SPLITS, Split, Splits

Row = dict[str, Any]
UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class Harvest:
    """One state of the log, and what the log does not say."""

    state: State
    """What the log says."""
    splits: Splits
    """Where each table and question stands."""
    licences: Mapping[str, str] = field(default_factory=dict)
    """The licence of each table, by its id, where it is known."""
    limits: Mapping[str, int | float] = field(default_factory=dict)
    """What a session may use, by name: what a student's environment enforces."""
    left_out: Collection[str] = frozenset()
    """Ids of questions that are in no export, as a benchmark knows them or their tables."""
    chosen: Collection[Split] = SPLITS
    """The splits that are exported."""

    def episodes(self) -> Iterator[tuple[EpisodeJudged, Question, Split]]:
        """Each episode that is exported, with its question and split, in order of id."""
        for judged in self.state.beyond_doubt().values():
            question = self.state.questions.accepted[judged.question]
            split = self.splits.of(question)
            if split in self.chosen and split is not None and question.id not in self.left_out:
                yield judged, question, split

    def lineage(
        self, judged: EpisodeJudged, question: Question, split: Split, vote: TraceVote | None = None
    ) -> Row:
        """Where a row comes from: every value is a text or a whole number, and every row has all of them."""
        table = self.state.datasets.by_id.get(question.dataset)
        trace = judged.votes[0] if vote is None else vote
        attempt = self.state.traces.attempts.get(trace.trace)
        teacher = attempt.teacher if attempt else ""
        return {
            "split": split,
            "episode": judged.episode,
            "question": question.id,
            "dataset": question.dataset,
            "file": f"{table.name}.csv" if table else "",
            "table": table.blob if table else "",
            "licence": self.licences.get(question.dataset, UNKNOWN_LICENCE),
            "source": judged.source,
            "template": question.recipe.template or "",
            "recipe": digest_of(canonical_json(question.recipe)),
            "difficulty": question.difficulty.level,
            "evidence": judged.evidence,
            "teacher": teacher,
            "model": teacher if judged.evidence == "model" else "",
            "prompts": attempt.prompts if attempt else "",
            "trace": trace.trace if vote else "",
            "role": trace.role if vote else "",
            "index": trace.index if vote else -1,
            "position": self.state.seq,
        }
