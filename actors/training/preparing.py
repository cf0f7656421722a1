"""From orders to a lesson that can begin: model, tokenizer and rows, found fit before any work is spent."""

import errno
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors.ports import RuleResult
from actors.training.building import HEADS, Lesson, Row
from actors.training.fitness import Fit, judged, masked
from actors.training.going import claim, digest_of_files
from actors.training.models import load_tokenizer, longest, see_loadable
from actors.training.playing import Begin
from actors.training.problems import UnfitModelError
from actors.training.scratch import Size, make_model, texts_of
from events.identity import canonical_json, digest_of
from events.training import TrainingSettings, training_id

Rows = tuple[Sequence[Row], Sequence[Row]]
"""What is learned from, and what a tokenizer is learned from: all rows that there are."""
_COPIES = 10
"""Copies of the weights that a run writes at most: three checkpoints with two moments each, and the model."""


@dataclass(frozen=True)
class Named:
    """Which model is to be trained."""

    model: str = ""
    """A folder, or a name on a hub; empty where one is made."""
    scratch: Size | None = None
    """The size of one that is made on the spot."""

    @property
    def identity(self) -> str:
        """What stands for it in the run's settings: the digest of its files, its name or its size."""
        if self.scratch is not None:
            return f"scratch:{self.scratch}"
        folder = Path(self.model)
        return digest_of_files(folder) if folder.is_dir() else self.model


@dataclass(frozen=True)
class Prepared:
    """A lesson, and what it is known by."""

    run: str
    """Id of the run."""
    digest: str
    """Digest of the rows."""
    lesson: Lesson
    """What is trained on what."""


def prepared(settings: TrainingSettings, found: Rows, named: Named, place: Path, name: str) -> Prepared:
    """A lesson in a folder of its own, which is made, and fit to begin.

    Args:
        settings, found, named: what is trained on what.
        place: where the folders of runs lie.
        name: of the folder; empty for the first digits of the run's id.

    Raises:
        UnfitModelError: the model cannot be trained on these rows; every reason is told.
        OtherRunError: the folder holds another run.
        OSError: the disk has too little room for what the run will write.
    """
    rows, every = found
    digest = digest_of(canonical_json(found))
    run = training_id(settings, digest)
    folder = place / (name or run[:12])
    if named.scratch is None:
        fit_to_train(settings, rows, named.model)
    claim(folder, run)
    model = named.model or _made(settings, every, named, folder)
    if named.scratch is not None:
        fit_to_train(settings, rows, model)
    _see_room(Path(model), folder)
    return Prepared(run, digest, Lesson(settings, rows, model, load_tokenizer(model), folder))


def with_play(found: Prepared, begin: Begin) -> Lesson:
    """The lesson with what begins its episodes."""
    one = found.lesson
    return Lesson(one.settings, one.rows, one.model, one.tokenizer, one.folder, begin)


def fit_to_train(settings: TrainingSettings, rows: Sequence[Row], model: str) -> tuple[RuleResult, ...]:
    """What each rule says of a model and rows.

    Raises:
        UnfitModelError: some rule fails.
    """
    results = judged(fit_of(settings, rows, model))
    wrong = [
        f"{one.rule}: {one.found}, allowed {one.allowed}: {one.opens_with}"
        for one in results
        if not one.passed
    ]
    if wrong:
        raise UnfitModelError("; ".join(wrong))
    return results


def fit_of(settings: TrainingSettings, rows: Sequence[Row], model: str) -> Fit:
    """What the rules look at.

    Raises:
        UnfitModelError: there is no such model, or it could not be loaded.
    """
    see_loadable(model, HEADS[settings.method])
    return Fit(settings, rows, load_tokenizer(model), longest(model))


def spans(fit: Fit, row: Row) -> list[tuple[str, bool]]:
    """A row as the model sees it, in pieces: each text, and whether the model is to learn it."""
    if fit.settings.method == "sft":
        tokens, mask = masked(fit.tokenizer, row, fit.template)
        return _pieces(fit.tokenizer, tokens, [bool(one) for one in mask])
    if fit.settings.method == "prm":
        marked = ((text, label) for text, label in zip(row["completions"], row["labels"], strict=True))
        return [
            (row["prompt"], False),
            *((f"\n\n{text} [{label}]", label is not None) for text, label in marked),
        ]
    found = [(_rendered(fit, row, row["prompt"], start=True), False)]
    for name in ("chosen", "rejected") if "chosen" in row else ():
        whole = _rendered(fit, row, [*row["prompt"], *row[name]])
        found += [(f"\n[{name}]\n", False), (whole.removeprefix(found[0][0]), True)]
    return found


def _rendered(fit: Fit, row: Row, messages: list[dict[str, Any]], *, start: bool = False) -> str:
    return str(
        fit.tokenizer.apply_chat_template(
            messages, tools=row["tools"], tokenize=False, add_generation_prompt=start
        )
    )


def _pieces(tokenizer: Any, tokens: list[int], mask: list[bool]) -> list[tuple[str, bool]]:
    """Neighbours that are learned, or not learned, as one text."""
    found: list[tuple[list[int], bool]] = []
    for token, learned in zip(tokens, mask, strict=True):
        if not found or found[-1][1] != learned:
            found.append(([], learned))
        found[-1][0].append(token)
    return [(str(tokenizer.decode(part)), learned) for part, learned in found]


def _made(settings: TrainingSettings, rows: Sequence[Row], named: Named, folder: Path) -> str:
    """The folder of a model made on the spot; made once."""
    base = folder / "base"
    if not base.is_dir():
        assert named.scratch is not None
        unfinished = folder / "base.unfinished"
        make_model(named.scratch, texts_of(rows), unfinished, longest=settings.max_length, seed=settings.seed)
        unfinished.rename(base)
    return str(base)


def _see_room(model: Path, folder: Path) -> None:
    """Raise where the disk could not hold what the run will write; a model on a hub cannot be weighed."""
    weights = sum(path.stat().st_size for path in model.rglob("*.safetensors")) if model.is_dir() else 0
    free = shutil.disk_usage(folder).free
    if free < _COPIES * weights:
        needed = _COPIES * weights / 1e9
        told = f"checkpoints may take {needed:.1f} GB, and {free / 1e9:.1f} GB are free; make room"
        raise OSError(errno.ENOSPC, told, str(folder))
