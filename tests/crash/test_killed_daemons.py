"""`kill -9` at any moment, and a new start: in the end all is as if nobody had been killed, and nothing is left."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from events.runtime import RunStarted
from events.wire import AnyRecorded
from tests.cli.containers import containers, demand_engine
from tests.cli.program import Program
from tests.crash.conftest import ASKED, DRAWN, Undisturbed, late, lay
from tests.crash.moments import ASIDE, CONCURRENCY, Due, Moment, Stage, drawn, finished, moment
from tests.daemon.daemons import (
    Process,
    daemon,
    events,
    grows_until,
    outcome,
    quick_daemon,
    rests,
    tells_of,
    wait_until,
)
from tests.daemon.processes import released, slay
from tests.trials import Trial

KILLS = 6
"""Moments at which the daemon of one home is killed; ten homes make sixty."""
IN_THE_WORK = 4
"""How many of them must have met work under way; five are meant to, but nobody holds a daemon still meanwhile."""

LASTING: Mapping[Stage, float] = {"working": 0.03, "draining": 0.2, "resting": 1.0}
"""Seconds within which it is killed after it has come so far; a piece of work takes some 30 ms."""


class Doomed:
    """A home whose daemon is killed again and again, and the tables that it watches."""

    def __init__(self, place: Path, *more: object) -> None:
        place.mkdir(exist_ok=True)
        self.program = Program(place / "home")
        self.data = lay(place / "data")
        self.asked = (self.data, *ASKED, *more)

    def killed_at(self, due: Due, undisturbed: Undisturbed) -> Moment:
        """Start it, and kill it at this moment; what it was at by its own log."""
        since = len(events(self.program))
        begin = daemon if due.stage == "loading" else quick_daemon
        with begin(self.program, *self.asked) as process:
            self._reach(process, due, undisturbed, since)
            if due.stage == "draining":
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=due.late * LASTING.get(due.stage, 0.0))
                raise AssertionError(f"the daemon ended by itself with {process.returncode}")
            slay(process)
        met = moment(events(self.program), since)
        asked_to_end = due.stage == "draining" and met.stage == "working"
        return replace(met, stage=due.stage) if asked_to_end else met

    def _reach(self, process: Process, due: Due, undisturbed: Undisturbed, since: int) -> None:
        """Wait until it is where it is to be killed, or has come to rest before."""

        def begun(log: Sequence[AnyRecorded]) -> bool:
            return any(isinstance(one.event, RunStarted) for one in log[since:])

        def at_work(log: Sequence[AnyRecorded]) -> bool:
            return finished(log[since:]) > 0

        def far(log: Sequence[AnyRecorded]) -> bool:
            most = undisturbed.pieces - CONCURRENCY  # so that there is enough to be in flight wherever it is
            return at_work(log) and finished(log) >= due.share * most

        wait = partial(grows_until, self.program, process)
        if due.stage == "loading":
            wait(_either(begun, within=due.late * undisturbed.loading))
        elif due.stage == "opening":
            wait(begun)
            wait(_either(at_work, within=due.late * undisturbed.opening))
        elif due.stage == "resting":
            wait_until(self.program, process, rests)
        else:
            wait(far)

    def killed_after(self, event: str) -> Moment | None:
        """Kill it right after an event of this type; None when it has come to rest and none has come."""
        since = len(events(self.program))
        with quick_daemon(self.program, *self.asked) as process:
            found = tells_of(self.program, process, event)
            slay(process)
        return moment(events(self.program), since) if found else None

    def finished(self) -> None:
        """Let it come to rest, and end it."""
        with quick_daemon(self.program, *self.asked) as process:
            wait_until(self.program, process, rests)
            out, err = released(process)
        assert process.returncode == 0, out + err


def _either(due: Callable[[Sequence[AnyRecorded]], bool], within: float) -> Callable[..., bool]:
    """Whether it is as it is due, or so many seconds have passed: how long a stage takes is nowhere said."""
    ends = monotonic() + within
    return lambda log: monotonic() >= ends or due(log)


def count(trial: Trial, met: Moment, undisturbed: Undisturbed) -> None:
    """Tell of a kill."""
    trial.counts[f"killed while {met.stage}"] += 1
    if met.stage in {"working", "draining"}:
        third = ("first", "middle", "last")[min(2, 3 * met.done // undisturbed.pieces)]
        trial.counts[f"in the {third} third of the work"] += 1
        trial.counts[f"with {met.attempts} attempts in flight"] += 1
        trial.counts[f"with {met.gradings} gradings in flight"] += 1


def killed_at_six_moments(undisturbed: Undisturbed, place: Path, trial: Trial, number: int) -> None:
    first = trial.random.randrange(len(ASIDE))
    random = Random(f"{trial.random.random()}/{number}")
    doomed, comes = Doomed(place), random.randrange(KILLS // 2)
    for kill, due in enumerate(drawn(random, KILLS, ASIDE[(first + number) % len(ASIDE)])):
        if kill == comes:
            late(doomed.data)
        count(trial, doomed.killed_at(due, undisturbed), undisturbed)
    doomed.finished()
    trial.counts[f"with daemons of seed {DRAWN}"] += 1
    assert outcome(doomed.program) == undisturbed.outcome
    assert trial.counts["killed while working"] >= IN_THE_WORK


@pytest.mark.full
def test_a_daemon_killed_at_six_moments_of_its_work_ends_where_an_undisturbed_one_does(
    undisturbed: Undisturbed, tmp_path: Path, trial: Trial
) -> None:
    killed_at_six_moments(undisturbed, tmp_path, trial, 0)


@pytest.mark.full
@pytest.mark.parametrize("number", range(1, 10))
def test_and_at_fifty_four_more(undisturbed: Undisturbed, tmp_path: Path, trial: Trial, number: int) -> None:
    killed_at_six_moments(undisturbed, tmp_path, trial, number)


@pytest.mark.full
def test_a_daemon_killed_right_after_each_type_of_event_ends_where_an_undisturbed_one_does(
    undisturbed: Undisturbed, tmp_path: Path, trial: Trial
) -> None:
    """One home after another; a type that has had its last event in one is awaited in the next."""
    awaited, homes = list(undisturbed.types), 0
    while awaited:
        doomed = Doomed(tmp_path / str(homes))
        late(doomed.data)
        met, homes = {event: doomed.killed_after(event) for event in awaited}, homes + 1
        for one in filter(None, met.values()):
            count(trial, one, undisturbed)
        assert any(met.values()), f"no home tells of {awaited}"
        awaited = [event for event in awaited if met[event] is None]
        doomed.finished()
        assert outcome(doomed.program) == undisturbed.outcome


@pytest.mark.full
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
        assert doomed.killed_after(event)
        left = set(containers(doomed.program))
        assert not left & held, "what an earlier daemon left was not taken away by the next one"
        held |= left
    doomed.finished()
    assert outcome(doomed.program) == outcome(let_alone.program)
    assert containers(doomed.program) == containers(let_alone.program) == []
