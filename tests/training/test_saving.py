"""A disk that is full while a checkpoint is saved: told in words, and the checkpoint before it is gone on from."""

import json
import resource
from pathlib import Path

import pytest

from actors.training.problems import NotSavedError, OtherRunError
from actors.training.saving import own_checkpoint, saving
from store.trained import NOTE
from tests.cli.conftest import Finished
from tests.training.lessons import SFT, measured

FULL = 7_000_000
"""Bytes a file may have: more than the log and the weights, less than the optimizer's state in a checkpoint."""


def whole(folder: Path, step: int) -> Path:
    """A checkpoint as far as it tells that it is whole."""
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    (path / "trainer_state.json").write_text("{}")
    return path


def test_what_a_library_says_of_a_full_disk_is_told_with_where_it_goes_on(tmp_path: Path) -> None:
    stands, torn = whole(tmp_path, 40), tmp_path / "checkpoint-80"
    torn.mkdir()
    with (
        pytest.raises(
            NotSavedError, match=f"the checkpoint could not be saved in {tmp_path}: unexpected pos"
        ) as told,
        saving("the checkpoint", tmp_path),
    ):
        raise RuntimeError("unexpected pos 576\nvs 534")
    assert str(told.value).endswith(
        "vs 534; make room there and run the same command again: it goes on from update 40"
    )
    assert (stands.is_dir(), torn.exists()) == (True, False)


def test_where_nothing_was_saved_before_it_is_told_that_it_begins_anew(tmp_path: Path) -> None:
    with (
        pytest.raises(NotSavedError, match=r"OSError; make room .* it begins anew"),
        saving("the trained model", tmp_path),
    ):
        raise OSError


def test_checkpoints_of_the_own_run_alone_are_gone_on_from(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    note(folder, "b")
    assert own_checkpoint(folder) is None
    note(whole(folder, 40), "b")
    assert own_checkpoint(folder) == folder / "checkpoint-40"
    note(whole(folder, 8), "a")
    with pytest.raises(OtherRunError, match="checkpoint-8 holds a checkpoint of another run, a; move that"):
        own_checkpoint(folder)
    (folder / "checkpoint-8" / NOTE).unlink()
    with pytest.raises(OtherRunError, match="another run, one that nobody knows; move that folder aside"):
        own_checkpoint(folder)
    assert (folder / "checkpoint-8" / "trainer_state.json").exists()


def note(folder: Path, run: str) -> None:
    (folder / NOTE).write_text(json.dumps({"run": run}))


@pytest.mark.train
def test_a_full_disk_is_told_in_words_and_the_same_command_goes_on_from_the_checkpoint_before(
    finished: Finished, tmp_path: Path
) -> None:
    program = finished.program.copied(tmp_path).with_env(OMP_NUM_THREADS="1")
    folder = program.home / "training" / "sft"
    with program.started(*SFT) as process:
        assert process.stderr is not None
        assert any(line.startswith("checkpoint of update 4") for line in process.stderr)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (FULL, FULL))
        said = " ".join(process.communicate(timeout=300)[1].split())
    assert process.returncode == 3
    assert f"the checkpoint of update 8 could not be saved in {folder}" in said
    assert "make room there and run the same command again: it goes on from update 4" in said
    assert "Traceback" not in said
    assert [path.name for path in folder.glob("checkpoint-*")] == ["checkpoint-4"]
    (ended,) = program.told("TrainingEnded")
    assert ended["outcome"] == "failed"
    assert "could not be saved" in ended["why"]
    (stands,) = program.json("status")["trainings"]
    assert (stands["standing"], stands["folder"], stands["model"]) == ("failed", str(folder), None)
    found = program.json(*SFT)
    assert (found["finished"], found["step"]) == (True, 8)
    assert [one["step"] for one in program.told("TrainingStarted")] == [0, 4]
    assert sorted(measured(program, found["run"])) == list(range(1, 9))
    shown = json.loads(program.run("inspect", "training", "sft", "--json").out)
    assert (shown["standing"], shown["begun"], shown["model"]) == ("finished", 2, found["model"])
    assert shown["decision"]["run"] == found["run"]
