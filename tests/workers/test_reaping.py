import tempfile
from pathlib import Path

import pytest

from actors.workers import engine as engine_module
from actors.workers.containers import Owner
from actors.workers.folders import LOCK, PREFIX, worker_folder
from actors.workers.reaping import reap
from tests.workers.engines import FakeEngine, reached_at, serving

OWNER = Owner("home", "here")


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reached_at(tmp_path / "engine.sock", monkeypatch.setenv)


async def test_forsaken_folders_go_and_those_of_a_living_host_stay(tmp_path: Path) -> None:
    forsaken = tmp_path / f"{PREFIX}forsaken"
    forsaken.mkdir()
    (forsaken / LOCK).touch()
    with worker_folder() as held:
        reaped = await reap(OWNER)
        assert held.exists()
    assert reaped.folders == (forsaken,)
    assert not forsaken.exists()
    assert reaped.problem is not None
    assert "engine.sock" in reaped.problem


async def test_containers_that_go_and_those_that_do_not_are_named(tmp_path: Path) -> None:
    fake = FakeEngine(answers={"DELETE container": [204, 500, 500]})
    fake.containers = [
        {"Id": "c1", "State": "exited", "Labels": {}},
        {"Id": "c2", "State": "running", "Labels": OWNER.labels},
        {"Id": "c3", "State": "running", "Labels": {"tracegate.place": "a copy"}},
    ]
    async with serving(fake, tmp_path / "engine.sock"):
        reaped = await reap(OWNER)
    assert reaped.containers == ("c1",)
    assert [(one.worker, "made up 500" in one.error) for one in reaped.failed] == [("c2", True)]
    assert reaped.problem is None
