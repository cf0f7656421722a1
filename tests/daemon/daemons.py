"""A daemon in a process of its own: started, watched through what it tells, and looked at when it is gone."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from watchfiles import watch

from events.episode import EpisodeJudged
from events.question import QuestionAccepted
from events.runtime import DeadLettered, WorkFailed, WorkParked
from events.trace import AttemptEnded
from events.wire import AnyRecorded
from store.beacon import Beacon, read_beacon
from store.home import Home
from store.log.follow import Follower
from store.log.read import read_events
from store.log.verify import verify_log
from store.replay import check
from tests.cli.program import Program
from tests.cli.warm import Started

PATIENCE = 240.0
"""Seconds that a daemon may take to whatever is waited for, on a machine that has much else to do."""


@dataclass(frozen=True)
class Outcome:
    """What a home came to, as far as it must not depend on how it was got to."""

    questions: frozenset[str]
    verdicts: frozenset[tuple[str, str]]
    artifacts: dict[str, bytes]


Process = subprocess.Popen[str] | Started
"""A daemon that was started, or forked from a process that has loaded all that it loads."""


@contextmanager
def daemon(program: Program, *args: object) -> Iterator["subprocess.Popen[str]"]:
    """A daemon on the home, with local workers unless something else is said; whatever is left is killed."""
    with program.started(*_asked(program, args)) as process:
        yield process


@contextmanager
def quick_daemon(program: Program, *args: object) -> Iterator[Started]:
    """The same without its start."""
    with program.going(*_asked(program, args)) as process:
        yield process


def _asked(program: Program, args: Sequence[object]) -> list[object]:
    for name in ("daemon", "log"):  # so that they can be watched at once
        (program.home / name).mkdir(parents=True, exist_ok=True)
    workers = () if "--workers" in args else ("--workers", "local")
    return ["daemon", *args, *workers]


def wait_until(program: Program, process: Process, due: Callable[[Beacon], bool]) -> Beacon:
    """Wait for something that a running daemon tells of itself."""
    last = None
    for last in told(program, process):
        if due(last):
            return last
    raise AssertionError(f"a daemon ended, or told nothing more: {last}\n{_said(process)}")


def told(program: Program, process: Process) -> Iterator[Beacon]:
    """What a daemon tells of itself, whenever that changes, as long as it runs."""
    ends = monotonic() + PATIENCE
    for _ in watch(program.home / "daemon", step=20, debounce=100, rust_timeout=200, yield_on_timeout=True):
        beacon = read_beacon(Home(program.home))
        if beacon is not None and beacon.pid == process.pid:
            yield beacon
        if process.poll() is not None or monotonic() > ends:
            return


def rests(beacon: Beacon) -> bool:
    return beacon.stage == "waiting"


def grows_until(program: Program, process: Process, due: Callable[[Sequence[AnyRecorded]], bool]) -> bool:
    """Wait until a running daemon's whole log is as it is due; False when it comes to rest before."""
    follower, history, ends = Follower(Home(program.home)), list[AnyRecorded](), monotonic() + PATIENCE
    for _ in watch(program.home / "log", step=5, debounce=10, rust_timeout=50, yield_on_timeout=True):
        beacon = read_beacon(Home(program.home))
        while new := follower.new():
            history += new
        if due(history):
            return True
        if beacon is not None and beacon.pid == process.pid and rests(beacon):
            return False
        assert process.poll() is None, _said(process)
        assert monotonic() < ends, f"{len(history)} events are too few, and {beacon} is told"
    raise AssertionError("the watch ended by itself")


def events(program: Program) -> list[AnyRecorded]:
    return list(read_events(Home(program.home)))


def outcome(program: Program) -> Outcome:
    """What the home came to; that it is sound, and nothing in it doubled, is seen to first."""
    home, history = Home(program.home), [one.event for one in events(program)]
    assert verify_log(home).ok
    assert check(home).same
    assert not [one for one in history if isinstance(one, WorkFailed | WorkParked | DeadLettered)]
    questions = [one.question.id for one in history if isinstance(one, QuestionAccepted)]
    traces = [one.trace for one in history if isinstance(one, AttemptEnded)]
    episodes = {one.episode: one.verdict for one in history if isinstance(one, EpisodeJudged)}
    judged = [one.episode for one in history if isinstance(one, EpisodeJudged)]
    assert [key for key, count in Counter([*questions, *traces, *judged]).items() if count > 1] == []
    return Outcome(frozenset(questions), frozenset(episodes.items()), program.artifacts())


def _said(process: Process) -> str:
    """What a daemon that ended said; nothing of one that still runs."""
    if process.poll() is None:
        return "it still runs"
    assert process.stderr is not None
    return process.stderr.read()


def tells_of(program: Program, process: Process, event: str) -> bool:
    """Wait until a daemon appends an event of this type; False when it comes to rest without one.

    Its own first event may be the log's first: so this is to be asked before it can have appended any.
    """
    place, ends = program.segment, monotonic() + PATIENCE
    start = place.stat().st_size if place.exists() else 0
    tag = f'"event":{{"type":"{event}"'.encode()
    for _ in watch(program.home / "log", step=10, debounce=50, rust_timeout=200, yield_on_timeout=True):
        beacon = read_beacon(Home(program.home))
        if place.exists() and tag in place.read_bytes()[start:]:
            return True
        if beacon is not None and beacon.pid == process.pid and rests(beacon):
            return False
        assert process.poll() is None, _said(process)
        assert monotonic() < ends, f"{event} was awaited, and {beacon} is told"
    raise AssertionError("the watch ended by itself")
