"""A death at any moment, then the same run again: the same work is finished, and none of it twice."""

import shutil
from pathlib import Path

import pytest

from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import LogWriter
from store.log.read import read_events
from tests.runtime.conftest import Relay, give, pipeline, run

LABELS = "abcde"


def actors() -> tuple[Relay, Relay]:
    """A pipeline of which one piece of work fails at its first try."""

    async def fail_once(label: str) -> None:
        if label == "c" and first.runs[label] == 1:
            raise ValueError(label)

    first, second = pipeline()
    first.do = fail_once
    return first, second


def finished(home: Home) -> list[str]:
    """Every finished key, as often as it was finished."""
    return [one.work.key for one in read_events(home) if one.work and one.work.finishes]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of a run to come."""
    return Home(tmp_path_factory.mktemp("undisturbed") / "home")


async def test_a_death_at_any_byte_ends_in_the_same_finished_work(undisturbed: Home, tmp_path: Path) -> None:
    async with LogWriter.open(undisturbed) as writer:
        await give(writer, LABELS)
        given = (undisturbed.log / "00000001.jsonl").stat().st_size
        await run(writer, *actors())
    expected = sorted(finished(undisturbed))
    assert len(expected) == 2 * len(LABELS)
    data = (undisturbed.log / "00000001.jsonl").read_bytes()
    for number, length in enumerate(range(given, len(data), 97)):
        home = Home(tmp_path / str(number))
        shutil.copytree(undisturbed.root, home.root)
        (home.log / "00000001.jsonl").write_bytes(data[:length])
        (home.log / "head").unlink()  # it tells of a clean end, and here there was none
        async with LogWriter.open(home) as writer:
            assert await run(writer, *actors()) == "idle"
        assert sorted(finished(home)) == expected
        for kind in (DatasetRefused, StreamExhausted, WorkerStopFailed):
            assert len(list(read_events(home, types=(kind,)))) == len(LABELS)
