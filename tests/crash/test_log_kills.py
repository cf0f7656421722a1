"""`kill -9` of a process that appends: no acknowledged event is lost, none is doubled, and the order is kept."""

import subprocess
import sys
from itertools import groupby
from pathlib import Path

import anyio
import pytest

from events.dataset import DatasetRefused
from store.home import Home
from store.log.append import LogWriter
from store.log.lock import HomeLocked
from store.log.read import read_events
from store.log.verify import verify_log
from tests.crash.log_producers import PRODUCERS, parts_of
from tests.trials import Trial

ROOT = Path(__file__).parents[2]


class Producing:
    """A process of many producers on one home, until it is killed."""

    def __init__(self, home: Home, life: int, calls: int = 0, share: float = 0.0) -> None:
        command = [sys.executable, "-m", "tests.crash.log_producers", home.root, life, calls, share]
        self._process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE)

        self.pid = self._process.pid

    def acknowledged(self, acks: int) -> list[str]:
        """So many of the appends that it said were recorded."""
        assert self._process.stdout is not None
        return [self._process.stdout.readline().decode().strip() for _ in range(acks)]

    def acknowledged_until_killed(self, seconds: float) -> list[str]:
        """The others; it is killed so soon, if it does not end first."""
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            rest = stdout.read()
        assert self._process.wait() == -9
        return rest.decode().splitlines()


def appends_in(home: Home) -> list[str]:
    """The names of all appends of a log, in order; each is there once, and whole."""
    found = [recorded.event for recorded in read_events(home)]
    paths = [event.path.rpartition("/") for event in found if isinstance(event, DatasetRefused)]
    grouped = [(name, [part for *_, part in parts]) for name, parts in groupby(paths, lambda path: path[0])]
    for name, parts in grouped:
        _, producer, number = map(int, name.split("/"))
        assert parts == [str(part) for part in range(parts_of(producer, number))], name
    return [name for name, _ in grouped]


def held(home: Home, acknowledged: list[list[str]]) -> None:
    """Hold a log to what its producers were promised, life after life."""
    found = appends_in(home)
    assert len(set(found)) == len(found), "none is doubled"
    assert set().union(*acknowledged) <= set(found), "none that was acknowledged is lost"
    lives = [int(name.partition("/")[0]) for name in found]
    assert lives == sorted(lives)
    for life, promised in enumerate(acknowledged):
        for producer in range(PRODUCERS):
            one = f"{life}/{producer}/"
            numbers = [int(name.removeprefix(one)) for name in found if name.startswith(one)]
            assert numbers == list(range(len(numbers))), "each producer's in its order, without a gap"
            told = sum(name.startswith(one) for name in promised)
            assert told <= len(numbers) <= told + 1, "at most its last was on its way"


async def open_again(home: Home) -> None:
    async with LogWriter.open(home):
        pass


def killed(home: Home, kills: int, trial: Trial) -> None:
    acknowledged: list[list[str]] = []
    for life in range(kills):
        if trial.random.random() < 0.5:
            process = Producing(home, life)
            acks, seconds = trial.random.randrange(400), trial.random.uniform(0, 0.05)
        else:
            process = Producing(home, life, trial.random.randrange(1, 120), trial.random.random())
            acks, seconds = 0, 60.0
        acknowledged.append(process.acknowledged(acks) + process.acknowledged_until_killed(seconds))
        held(home, acknowledged)
        trial.counts["kills"] += 1
        trial.counts["acknowledged appends"] += len(acknowledged[-1])
    trial.counts["torn tails"] = len(list(home.log.glob("*.torn*")))
    trial.counts["compressed segments"] = len(list(home.log.glob("*.zst")))
    anyio.run(open_again, home)
    held(home, acknowledged)
    assert verify_log(home).ok, verify_log(home).problems


def test_a_few_kills_lose_and_double_nothing(tmp_path: Path, trial: Trial) -> None:
    killed(Home(tmp_path), 8, trial)


@pytest.mark.full
def test_fifty_kills_lose_and_double_nothing(tmp_path: Path, trial: Trial) -> None:
    killed(Home(tmp_path), 50, trial)
    assert trial.counts["acknowledged appends"] > 1000


def test_a_second_writer_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    process, home = Producing(Home(tmp_path), 0), Home(tmp_path)
    (first,) = process.acknowledged(1)
    with pytest.raises(HomeLocked, match=f"in use by process {process.pid};"):
        anyio.run(open_again, home)
    acknowledged = [first, *process.acknowledged_until_killed(0)]
    anyio.run(open_again, home)
    held(home, [acknowledged])
