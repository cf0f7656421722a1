"""One run of training in its folder: checkpoints, going on from the last, the saved model, pictures.

run.json            what the run is; a folder of another run is refused
base/               the model that was made on the spot, where none was named
checkpoint-N/       what the run goes on from after N updates, with its own run.json; the last two are kept
model/              the trained model and its tokenizer
loss.png reward.png
"""

import hashlib
import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from datasets import disable_progress_bars
from transformers import PrinterCallback
from transformers.utils import logging

from actors.training.building import Lesson, build
from actors.training.problems import OtherRunError
from actors.training.saving import have_told, own_checkpoint, saving
from actors.training.telling import Tell, Teller
from store.trained import MODEL, NOTE, model_in, run_in

LIBRARIES = ("torch", "transformers", "trl", "datasets", "accelerate", "peft", "tokenizers")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    step: int
    """The last update."""
    finished: bool
    """Whether all updates were made."""
    metrics: dict[str, float]
    """The measures of the last update."""
    weights: str
    """Digest of the saved model; empty where it was stopped before."""


def versions() -> dict[str, str]:
    """The version of each library that takes part."""
    return {name: version(name) for name in LIBRARIES}


def claim(folder: Path, run: str) -> None:
    """Have a folder belong to a run.

    Raises:
        OtherRunError: it, or a checkpoint in it, belongs to another, or to nobody knows which.
    """
    note = folder / NOTE
    if not note.exists():
        if any(folder.glob("checkpoint-*")):
            raise OtherRunError(folder, None)
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"run": run}) + "\n", "utf-8")
    elif run_in(folder) != run:
        raise OtherRunError(folder, run_in(folder))
    own_checkpoint(folder)


def go(
    lesson: Lesson,
    tell: Tell,
    stopped: Callable[[], bool],
    saved: Callable[[int], None] = lambda _: None,
) -> Ended:
    """Train from the last checkpoint on, and save the model when all updates are made.

    Args:
        lesson: what is trained on what; its folder was claimed.
        tell: takes what is measured.
        stopped: whether somebody asked for a stop; what is reached is saved then.
        saved: told of each checkpoint, once it is whole.

    Raises:
        UnfitModelError: the model cannot be trained.
        OtherRunError: a checkpoint in the folder is another run's.
        NotSavedError: the disk refused; earlier checkpoints stand.
    """
    hush()
    start = own_checkpoint(lesson.folder)
    trainer, teller = build(lesson), Teller(tell, stopped, saved)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(teller)
    have_told(trainer, lesson.folder)
    trainer.train(resume_from_checkpoint=str(start) if start else None)
    teller.flush()
    step = int(trainer.state.global_step)
    if step < lesson.settings.steps:
        return Ended(step, False, teller.last, "")
    with saving("the trained model", lesson.folder):
        return Ended(step, True, teller.last, _saved(trainer, lesson))


def is_finished(folder: Path) -> bool:
    """Whether the run of a folder has saved its model, which is the last that it does."""
    return model_in(folder) is not None


def hush() -> None:
    """Have the libraries draw no bars and foretell no changes: what goes on is told by us."""
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
    disable_progress_bars()
    logging.disable_progress_bar()


def digest_of_files(folder: Path) -> str:
    """One digest over names and bytes of a folder's files."""
    found = hashlib.blake2b(digest_size=16)
    for path in _files(folder):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            found.update(hashlib.file_digest(file, "blake2b").digest())
    return found.hexdigest()


def _saved(trainer: Any, lesson: Lesson) -> str:
    """The digest of the model, saved beside its place and put there whole; adapters are merged into it."""
    folder, beside = lesson.folder / MODEL, lesson.folder / f"{MODEL}.unfinished"
    shutil.rmtree(beside, ignore_errors=True)
    model = trainer.accelerator.unwrap_model(trainer.model)
    if lesson.settings.lora:
        model = model.merge_and_unload()
    model.save_pretrained(beside)
    lesson.tokenizer.save_pretrained(beside)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    return digest_of_files(folder)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())
