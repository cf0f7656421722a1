"""`kill -9` at any moment, and a new start: in the end all is as if nobody had been killed, and nothing is left."""

import random
import subprocess
from pathlib import Path

import pytest

from store.beacon import read_beacon
from store.home import Home
from tests.cli.containers import containers, demand_engine
from tests.cli.program import Program
from tests.crash.conftest import TARGET, Undisturbed, late, lay
from tests.daemon.daemons import PATIENCE, daemon, outcome, rests, tells_of, wait_until
from tests.daemon.processes import slay
from tests.trials import Trial

KILLS = 6
"""Moments at which the daemon of one home is killed; ten homes make sixty."""


class Doomed:
    """A home whose daemon is killed again and again, and the tables that it watches."""

    def __init__(self, place: Path, *more: object) -> None:
        place.mkdir(exist_ok=True)
        self.program = Program(place / "home")
        self.data = lay(place / "data")
        self.asked = (self.data, "--target", TARGET, *more)

    def killed_after(self, seconds: float) -> str:
        """Kill it so long after its start; what it told that it did."""
        with daemon(self.program, *self.asked) as process:
            try:
                process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                slay(process)
            else:
                raise AssertionError(f"the daemon ended by itself with {process.returncode}")
            told = read_beacon(Home(self.program.home))
            return told.stage if told is not None and told.pid == process.pid else "loading"

    def killed_at(self, event: str) -> bool:
        """Kill it right after an event of this type; False when it has come to rest and none has come."""
        with daemon(self.program, *self.asked) as process:
            found = tells_of(self.program, process, event)
            slay(process)
            return found

    def finished(self) -> None:
        """Let it come to rest, and end it."""
        with daemon(self.program, *self.asked) as process:
            wait_until(self.program, process, rests)
            process.terminate()
            out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out + err


def killed_at_random_moments(undisturbed: Undisturbed, place: Path, trial: Trial, number: int) -> None:
    rng = random.Random(f"{trial.random.random()}/{number}")
    doomed = Doomed(place)
    comes = rng.randrange(KILLS)
    for kill in range(KILLS):
        if kill == comes:
            late(doomed.data)
        stage = doomed.killed_after(rng.uniform(0, undisturbed.seconds))
        trial.counts[f"killed while {stage}"] += 1
    doomed.finished()
    assert outcome(doomed.program) == undisturbed.outcome


def test_a_daemon_killed_at_six_random_moments_ends_where_an_undisturbed_one_does(
    undisturbed: Undisturbed, tmp_path: Path, trial: Trial
) -> None:
    killed_at_random_moments(undisturbed, tmp_path, trial, 0)


@pytest.mark.full
@pytest.mark.parametrize("number", range(1, 10))
def test_and_at_fifty_four_more(undisturbed: Undisturbed, tmp_path: Path, trial: Trial, number: int) -> None:
    killed_at_random_moments(undisturbed, tmp_path, trial, number)


@pytest.mark.full
def test_a_daemon_killed_right_after_each_type_of_event_ends_where_an_undisturbed_one_does(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """One home after another; a type that has had its last event in one is awaited in the next."""
    awaited, homes = list(undisturbed.types), 0
    while awaited:
        doomed = Doomed(tmp_path / str(homes))
        late(doomed.data)
        before, homes = len(awaited), homes + 1
        awaited = [event for event in awaited if not doomed.killed_at(event)]
        assert len(awaited) < before, f"no home tells of {awaited}"
        doomed.finished()
        assert outcome(doomed.program) == undisturbed.outcome


def test_events_of_every_kind_of_progress_come_while_a_daemon_works(undisturbed: Undisturbed) -> None:
    """So that the deaths above are deaths in the middle of all that there is."""
    assert set(undisturbed.types) == {
        "HomeOpened", "RunStarted", "SettingsRead", "WorkerStarted", "DatasetRefused", "DatasetRegistered",
        "DatasetTaken", "StreamRequested", "QuestionAccepted", "QuestionRejected", "AttemptEnded",
        "TraceRecorded", "HooksGraded", "EpisodeJudged", "StreamExhausted", "StreamFellShort",
    }  # fmt: skip


@pytest.mark.full
@pytest.mark.docker
async def test_a_daemon_whose_work_runs_in_containers_leaves_none_behind(tmp_path: Path) -> None:
    await demand_engine()
    asked = ("--source", "template", "--workers", "docker")
    let_alone, doomed = Doomed(tmp_path / "let alone", *asked), Doomed(tmp_path / "doomed", *asked)
    for home in (let_alone, doomed):
        late(home.data)
    let_alone.finished()
    held: set[str] = set()
    for event in ("WorkerStarted", "AttemptEnded", "EpisodeJudged"):
        assert doomed.killed_at(event)
        left = set(containers(doomed.program))
        assert not left & held, "what an earlier daemon left was not taken away by the next one"
        held |= left
    doomed.finished()
    assert outcome(doomed.program) == outcome(let_alone.program)
    assert containers(doomed.program) == containers(let_alone.program) == []
