"""Faults of tracegate itself: a fold that crashes, work that never succeeds; the real program, broken on purpose."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from actors.runtime.settings import Settings
from tests.cli.program import LOCAL, Ended, Program
from tests.crash.conftest import ASKED, Undisturbed, late, lay
from tests.daemon.daemons import PATIENCE, daemon, outcome, rests, wait_until
from tests.daemon.processes import released, survived_by_nobody

SETTINGS = Settings()


@dataclass(frozen=True)
class Broken:
    """A home whose daemon had a fault, and how that ended."""

    program: Program
    asked: tuple[object, ...]
    ended: Ended

    def goes_on(self) -> None:
        """The same command, mended, until it rests."""
        with daemon(self.program, *self.asked) as process:
            wait_until(self.program, process, rests)
            out, err = released(process)
        assert process.returncode == 0, out + err


def with_fault(program: Program, fault: str, number: int) -> Program:
    """The same program with a fault in it, which that module puts there."""
    return replace(program, entry=("-m", "tests.crash.faulty", fault, str(number)))


def home(place: Path) -> tuple[Program, tuple[object, ...]]:
    """A home that is not there yet, and what a daemon on it is asked."""
    data = lay(place / "data")
    late(data)
    return Program(place / "home"), (data, *ASKED)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """A daemon whose recorder crashes whenever it hears of an attempt."""
    program, asked = home(tmp_path_factory.mktemp("stopped"))
    with daemon(with_fault(program, "crash", sys.maxsize), *asked) as process:
        wait_until(program, process, lambda one: one.stage == "working")
        with survived_by_nobody(process):
            out, err = process.communicate(timeout=PATIENCE)
    return Broken(program, asked, Ended(process.returncode, out, err))


def test_a_fold_that_crashes_again_and_again_stops_the_daemon_in_words(stopped: Broken) -> None:
    said = stopped.ended.said
    assert stopped.ended.code == 3
    assert f"Error: the actor recorder crashed again after {SETTINGS.max_restarts} restarts in a" in said
    assert (
        "nothing that was recorded is lost. This is a fault of tracegate, please report it: KeyError" in said
    )
    assert "Traceback" not in said


def test_its_crashes_and_its_end_are_events_that_anybody_can_read(stopped: Broken) -> None:
    tail = ("log", "tail", "--lines", 100, "--type")
    crashes = stopped.program.json(*tail, "ActorCrashed")["events"]
    assert [one["event"]["actor"] for one in crashes] == ["recorder"] * (SETTINGS.max_restarts + 1)
    assert all("a fold broken on purpose" in one["event"]["error"] for one in crashes)
    assert [one["event"] for one in stopped.program.json(*tail, "ActorEscalated")["events"]] == [
        {
            "type": "ActorEscalated",
            "actor": "recorder",
            "restarts": SETTINGS.max_restarts,
            "seconds": SETTINGS.restart_seconds,
        }
    ]
    assert '"type":"ActorEscalated","actor":"recorder"' in stopped.program.run(*tail, "ActorEscalated").out


def test_status_tells_why_it_ended(stopped: Broken) -> None:
    told = stopped.program.json("status")["daemon"]
    assert (told["alive"], told["stage"]) == (False, "ended")
    assert told["problem"].startswith("the actor recorder crashed again")


@pytest.mark.full
def test_with_the_fold_mended_the_next_start_ends_where_an_undisturbed_one_does(
    stopped: Broken, undisturbed: Undisturbed
) -> None:
    assert stopped.program.told("AttemptEnded")
    assert not stopped.program.told("TraceRecorded")
    stopped.goes_on()
    assert outcome(stopped.program) == undisturbed.outcome


@pytest.mark.full
def test_a_fold_that_crashes_a_few_times_is_restarted_and_nothing_else_changes(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    program, asked = home(tmp_path)
    Broken(with_fault(program, "crash", 3), asked, Ended(0, "", "")).goes_on()
    assert [one["actor"] for one in program.told("ActorCrashed")] == ["recorder"] * 3
    assert {one["actor"] for one in program.told("ActorRestarted")} == {"recorder"}
    assert not program.told("ActorEscalated")
    assert outcome(program) == undisturbed.outcome


JOB = (*LOCAL, "--source", "template", "--questions", 1)


@pytest.fixture(scope="module")
def put_aside(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A home of one question, of which one trace could never be recorded."""
    place = tmp_path_factory.mktemp("put aside")
    program = Program(place / "home")
    with_fault(program, "fail", 1).run("run", lay(place / "data"), *JOB)
    return program


def test_work_that_always_fails_is_one_dead_letter(put_aside: Program) -> None:
    (doomed,) = [one["trace"] for one in put_aside.told("AttemptEnded") if one["index"] == 1]
    failed = put_aside.told("WorkFailed")
    assert [(one["key"], one["attempt"]) for one in failed] == [
        (f"record:{doomed}", attempt) for attempt in range(1, SETTINGS.max_tries + 1)
    ]
    assert [one["key"] for one in put_aside.told("DeadLettered")] == [f"record:{doomed}"]
    assert doomed not in [one["trace"] for one in put_aside.told("TraceRecorded")]
    assert put_aside.told("EpisodeJudged") == []


def test_the_gate_counts_it_until_somebody_has_looked_at_it(put_aside: Program, tmp_path: Path) -> None:
    assert put_aside.json("status")["dead_letters"] == 1
    (letter,) = put_aside.json("log", "tail", "--type", "DeadLettered")["events"]
    closed = put_aside.json("gate", code=1)
    (reason,) = [one for one in closed["reasons"] if one["rule"] == "dead_letters"]
    assert (reason["found"], reason["allowed"]) == (1, 0)
    key, said = letter["event"]["key"], "ValueError: work broken on purpose"
    assert reason["where"] == f"event {letter['id']}: {key}: {said}"
    assert "no dead_letters: found 1; allowed 0" in put_aside.run("gate", code=1).said
    copy = put_aside.copied(tmp_path)
    seen = copy.json("gate", "--acknowledge", letter["id"], "--why", "it was a drill", code=1)
    assert "dead_letters" not in [one["rule"] for one in seen["reasons"]]


@pytest.mark.full
def test_what_was_put_aside_is_not_done_in_secret_once_the_fault_is_mended(
    put_aside: Program, tmp_path: Path
) -> None:
    copy = put_aside.copied(tmp_path)
    copy.run("run", put_aside.home.parent / "data", *JOB)
    assert len(copy.told("DeadLettered")) == 1
    assert copy.told("EpisodeJudged") == []
    assert "dead_letters" in [one["rule"] for one in copy.json("gate", code=1)["reasons"]]
