"""What a run writes to disk: that it could not be written is told in words, and what was saved before stands.

The libraries tell of a full disk by errors of their own kinds, some of which do not say what went wrong.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actors.training.problems import NotSavedError

_LAST_WRITTEN = "trainer_state.json"


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint; one that was being written when the process died is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=step_of)
    for path in reversed(found):
        if _is_whole(path):
            return path
        shutil.rmtree(path)
    return None


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
    """Have a trainer tell of a checkpoint that it could not save as `saving` does."""
    save = trainer._save_checkpoint

    def told(*given: Any, **named: Any) -> Any:
        with saving(f"the checkpoint of update {trainer.state.global_step}", folder):
            return save(*given, **named)

    trainer._save_checkpoint = told


def _is_whole(path: Path) -> bool:
    try:
        json.loads((path / _LAST_WRITTEN).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return True
