"""Toy actors that pass labels on from one kind of event to the next, and time that passes at once."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio.lowlevel
import pytest

from actors.runtime.settings import Settings, Timing
from actors.runtime.supervisor import Supervisor
from actors.runtime.work import Work, Yield
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.runtime import RunStarted, WorkFailed
from events.struct import Event
from events.wire import AnyRecorded
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events

KINDS: dict[type[Event], Callable[[str], Event]] = {
    DatasetRefused: lambda label: DatasetRefused(path=label, reason="empty", detail=""),
    StreamExhausted: lambda label: StreamExhausted(stream=label, proposals=0),
    WorkerStopFailed: lambda label: WorkerStopFailed(worker=label, error=""),
}


def label_of(event: Event) -> str:
    """What a toy event is about."""
    if isinstance(event, DatasetRefused):
        return event.path
    if isinstance(event, StreamExhausted):
        return event.stream
    assert isinstance(event, WorkerStopFailed)
    return event.worker


async def do_nothing(label: str) -> None:
    """Work that is quick but lets others go first."""
    await anyio.lowlevel.checkpoint()


@dataclass
class Relay:
    """For each label heard as `source` owes work that tells it as `target`."""

    name: str
    source: type[Event]
    target: type[Event]
    do: Callable[[str], Awaitable[None]] = do_nothing
    onward: Callable[[str], str | None] = lambda label: label
    """The label to be told; None when nothing is owed."""
    on_apply: Callable[[AnyRecorded], None] = lambda _: None
    on_todo: Callable[[], None] = lambda: None
    runs: Counter[str] = field(default_factory=Counter)
    """How often each label's work was begun."""
    most_at_once: int = 0
    _at_once: int = 0

    @property
    def hears(self) -> frozenset[type[Event]]:
        """Both ends."""
        return frozenset({self.source, self.target})

    def initial(self) -> dict[str, str]:
        """Labels owed, with what is to be told of them."""
        return {}

    def apply(self, state: dict[str, str], recorded: AnyRecorded, /) -> None:
        """Owe what is heard, until it is told."""
        self.on_apply(recorded)
        label = label_of(recorded.event)
        if isinstance(recorded.event, self.source) and (told := self.onward(label)) is not None:
            state[label] = told

    def todo(self, state: dict[str, str], /) -> Mapping[str, Work]:
        """One piece of work a label, in the order of hearing."""
        self.on_todo()
        keys = {f"{self.name}/{label}": label for label in state}
        return {key: Work(key, self._runner(label, state[label])) for key, label in keys.items()}

    def _runner(self, label: str, told: str) -> Callable[[], Awaitable[Yield]]:
        async def run() -> Yield:
            self.runs[label] += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            try:
                await self.do(label)
            finally:
                self._at_once -= 1
            return Yield([KINDS[self.target](told)])

        return run


@dataclass
class QuickTime:
    """Time that passes at once, and how long was waited."""

    time: float = 0.0
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.time += seconds
        self.waits.append(seconds)
        await anyio.lowlevel.checkpoint()

    def timing(self) -> Timing:
        """What the supervisor takes; no jitter."""
        return Timing(sleep=self.sleep, now=lambda: self.time, draw=lambda: 0.0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture
async def writer(home: Home) -> AsyncIterator[LogWriter]:
    """The open log of a new home."""
    async with LogWriter.open(home) as opened:
        yield opened


@pytest.fixture
def quick() -> QuickTime:
    """Time that passes at once."""
    return QuickTime()


async def give(writer: LogWriter, labels: Iterable[object]) -> None:
    """A run begins, and these labels are its input."""
    await writer.append([Draft(RunStarted(command="test", seed=0, sources=()))])
    drafts = [Draft(KINDS[DatasetRefused](str(label))) for label in labels]
    if drafts:
        await writer.append(drafts)


def told(home: Home, kind: type[Event]) -> list[str]:
    """Labels of all events of this kind, in the order of the log."""
    return [label_of(recorded.event) for recorded in read_events(home, types=(kind,))]


def failures(home: Home) -> list[WorkFailed]:
    """Every failed try."""
    return [one.event for one in read_events(home) if isinstance(one.event, WorkFailed)]


def pipeline() -> tuple[Relay, Relay]:
    """Two actors, one behind the other."""
    return (
        Relay("first", DatasetRefused, StreamExhausted),
        Relay("second", StreamExhausted, WorkerStopFailed),
    )


async def run(
    writer: LogWriter, *actors: Relay, quick: QuickTime | None = None, settings: Settings | None = None
) -> str:
    """Run these actors until nothing is owed."""
    timing = (quick or QuickTime()).timing()
    with anyio.fail_after(20):
        return await Supervisor(writer, actors, settings=settings, timing=timing).run_until_idle()
