"""What a run writes to disk: that it could not be written is told in words, and what was saved before stands.

The libraries tell of a full disk by errors of their own kinds, some of which do not say what went wrong.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actors.training.problems import NotSavedError, OtherRunError
from store.trained import NOTE, run_in

_LAST_WRITTEN = "trainer_state.json"


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint; one that was being written when the process died is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=step_of)
    for path in reversed(found):
        if _is_whole(path):
            return path
        shutil.rmtree(path)
    return None


def own_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint, once all that are whole are seen to be of the run of the folder.

    Raises:
        OtherRunError: one is of another run, or of nobody knows which.
    """
    run = run_in(folder)
    for path in sorted(folder.glob("checkpoint-*"), key=step_of):
        if _is_whole(path) and run_in(path) != run:
            raise OtherRunError(path, run_in(path))
    return last_checkpoint(folder)


def step_of(path: Path) -> int:
    """The update of a checkpoint, from its name."""
    digits = path.name.partition("-")[2]
    return int(digits) if digits.isdigit() else -1


@contextmanager
def saving(what: str, folder: Path) -> Iterator[None]:
    """While something is saved in a run's folder.

    Raises:
        NotSavedError: it could not be; what was half written of a checkpoint is removed.
    """
    try:
        yield
    except Exception as error:  # whatever a library calls it
        stands = last_checkpoint(folder)
        after = f"goes on from update {step_of(stands)}" if stands else "begins anew"
        why = " ".join(str(error).split()) or type(error).__name__
        raise NotSavedError(
            f"{what} could not be saved in {folder}: {why}; make room there and run the same command again: "
            f"it {after}"
        ) from error


def have_told(trainer: Any, folder: Path) -> None:
    """Have a trainer mark each checkpoint with its run, and tell of one not saved as `saving` does."""
    save = trainer._save_checkpoint

    def told(*given: Any, **named: Any) -> Any:
        with saving(f"the checkpoint of update {trainer.state.global_step}", folder):
            _mark(folder, folder / f"checkpoint-{trainer.state.global_step}")
            return save(*given, **named)

    trainer._save_checkpoint = told


def _mark(folder: Path, checkpoint: Path) -> None:
    """Note in a checkpoint whose it is, before anything else: one that is whole is marked."""
    checkpoint.mkdir(exist_ok=True)
    if (folder / NOTE).exists():
        shutil.copyfile(folder / NOTE, checkpoint / NOTE)


def _is_whole(path: Path) -> bool:
    try:
        json.loads((path / _LAST_WRITTEN).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True
