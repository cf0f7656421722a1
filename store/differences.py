"""What distinguishes two states: of one home at two positions, or of two homes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from store.projections.state import MODELS, State


@dataclass(frozen=True)
class Changes:
    """How one kind of thing differs, by id."""

    added: tuple[str, ...]
    """Only in the second."""
    removed: tuple[str, ...]
    """Only in the first."""
    changed: tuple[str, ...]
    """In both, and not equal."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class StateDifference:
    """What changed from one state to another."""

    seqs: tuple[int, int]
    """The two positions."""
    same: bool
    """Whether every read model is equal."""
    models: tuple[str, ...]
    """Names of the read models that are not."""
    things: Mapping[str, Changes]
    """By kind of thing."""
    verdicts: Mapping[str, tuple[str | None, str | None]]
    """Verdicts by episode where they differ; None where there is none."""

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain JSON values."""
        return asdict(self)


def difference(first: State, second: State) -> StateDifference:
    """What changed from the first state to the second."""
    kept = (_things(first), _things(second))
    things = {kind: _changes(kept[0][kind], kept[1][kind]) for kind in kept[0]}
    verdicts = [{key: one.verdict for key, one in state.episodes.judged.items()} for state in (first, second)]
    differ = tuple(name for name in MODELS if getattr(first, name) != getattr(second, name))
    return StateDifference(
        seqs=(first.seq, second.seq),
        same=not differ,
        models=differ,
        things={kind: changes for kind, changes in things.items() if changes},
        verdicts={
            key: (verdicts[0].get(key), verdicts[1].get(key))
            for key in sorted(verdicts[0].keys() | verdicts[1].keys())
            if verdicts[0].get(key) != verdicts[1].get(key)
        },
    )


def _things(state: State) -> dict[str, Mapping[str, object]]:
    integrity = state.integrity
    return {
        "datasets": state.datasets.by_id,
        "refused_files": state.datasets.refused,
        "streams": state.questions.streams,
        "questions": state.questions.accepted,
        "traces": state.traces.attempts,
        "grades": state.traces.grades,
        "episodes": state.episodes.judged,
        "workers": state.workers.by_id,
        "dead_letters": integrity.dead,
        "parked": integrity.parked,
        "simulated": integrity.simulated,
        "acknowledged": integrity.acknowledged,
        "repairs": integrity.repairs,
    }


def _changes(first: Mapping[str, object], second: Mapping[str, object]) -> Changes:
    return Changes(
        added=tuple(sorted(second.keys() - first.keys())),
        removed=tuple(sorted(first.keys() - second.keys())),
        changed=tuple(sorted(key for key in first.keys() & second.keys() if first[key] != second[key])),
    )
