"""Only sources wait, and only while much is owed behind them; where nothing is, they never do."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from actors.runtime.supervisor import Supervisor
from actors.runtime.work import Work, Yield
from events.dataset import DatasetRefused
from events.question import StreamExhausted
from events.worker import WorkerStopFailed
from store.home import Home
from store.log.append import LogWriter
from store.log.read import read_events
from tests.runtime.conftest import KINDS, QuickTime, Relay, give, told


class Fan(Relay):
    """Tells several labels for each one that it hears."""

    width = 1

    def todo(self, state: dict[str, str], /) -> Mapping[str, Work]:
        """One piece of work a label, which brings several for others."""
        return {key: Work(key, self._widened(work)) for key, work in super().todo(state).items()}

    def _widened(self, work: Work) -> Callable[[], Awaitable[Yield]]:
        async def run() -> Yield:
            await work.run()
            label = work.key.removeprefix(f"{self.name}/")
            return Yield([KINDS[self.target](f"{label}.{number}") for number in range(self.width)])

        return run


async def fan_out(
    home: Home, width: int, sources: Mapping[str, int], limits: Mapping[str, int]
) -> tuple[int, int]:
    """The most work that was owed or running at once behind the source, by the log and by the statistics."""
    most = 0

    async def look(label: str) -> None:
        nonlocal most
        _, behind = supervisor.stats()
        most = max(most, behind.owed)
        await anyio.lowlevel.checkpoint()

    source = Fan("source", DatasetRefused, StreamExhausted)
    source.width = width
    behind = Relay("behind", StreamExhausted, WorkerStopFailed, do=look)
    async with LogWriter.open(home) as writer:
        await give(writer, range(12))
        supervisor = Supervisor(
            writer, [source, behind], limits=limits, sources=sources, timing=QuickTime().timing()
        )
        with anyio.fail_after(20):
            assert await supervisor.run_until_idle() == "idle"
    return most_outstanding(home), most


def most_outstanding(home: Home) -> int:
    """The most labels that had been brought and not been dealt with at any place of the log."""
    owed = most = 0
    for recorded in read_events(home, types=(StreamExhausted, WorkerStopFailed)):
        owed += 1 if isinstance(recorded.event, StreamExhausted) else -1
        most = max(most, owed)
    return most


def finished(home: Home) -> list[str]:
    """Every finished key and every label told, sorted."""
    keys = [one.work.key for one in read_events(home) if one.work is not None and one.work.finishes]
    return sorted(keys) + sorted(told(home, WorkerStopFailed))


@pytest.mark.parametrize("tokens", [1, 3, 10])
async def test_what_is_owed_stays_below_the_tokens_and_one_yield(tokens: int, tmp_path: Path) -> None:
    width, limits = 7, {"source": 1, "behind": 1}
    free = await fan_out(Home(tmp_path / "free"), width, {}, limits)
    held = await fan_out(Home(tmp_path / "held"), width, {"source": tokens}, limits)
    assert min(free) >= 3 * width
    assert width <= max(held) < tokens + width
    assert finished(Home(tmp_path / "held")) == finished(Home(tmp_path / "free"))


@hypothesis_settings(max_examples=25, deadline=None)
@given(
    tokens=st.integers(1, 20),
    width=st.integers(1, 6),
    at_once=st.integers(1, 5),
    behind=st.integers(1, 5),
)
async def test_work_of_a_source_that_runs_holds_a_token_too(
    tokens: int, width: int, at_once: int, behind: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Home(tmp_path_factory.mktemp("admission"))
    limits = {"source": at_once, "behind": behind}
    most = await fan_out(home, width, {"source": tokens}, limits)
    assert max(most) <= tokens + min(tokens, at_once) * (width - 1)
    assert len(told(home, WorkerStopFailed)) == 12 * width


async def test_sources_do_not_wait_for_each_other(home: Home, writer: LogWriter) -> None:
    sources = [Relay(name, DatasetRefused, StreamExhausted) for name in ("one", "other")]
    await give(writer, range(40))
    supervisor = Supervisor(writer, sources, sources={"one": 1, "other": 1})
    with anyio.fail_after(20):
        assert await supervisor.run_until_idle() == "idle"
    assert len(told(home, StreamExhausted)) == 80


async def test_a_source_that_hears_what_it_brings_is_not_held_by_its_own_work(
    home: Home, writer: LogWriter
) -> None:
    def next_up(label: str) -> str | None:
        return str(int(label) + 1) if int(label) < 20 else None

    source = Relay("source", DatasetRefused, DatasetRefused, onward=next_up)
    await give(writer, [0])
    with anyio.fail_after(20):
        await Supervisor(writer, [source], sources={"source": 1}).run_until_idle()
    assert told(home, DatasetRefused) == [str(number) for number in range(21)]


async def test_a_source_goes_on_when_the_work_behind_it_was_put_aside(home: Home, writer: LogWriter) -> None:
    async def fail(label: str) -> None:
        raise ValueError(label)

    source = Relay("source", DatasetRefused, StreamExhausted)
    behind = Relay("behind", StreamExhausted, WorkerStopFailed, do=fail)
    await give(writer, range(5))
    supervisor = Supervisor(writer, [source, behind], sources={"source": 1}, timing=QuickTime().timing())
    with anyio.fail_after(20):
        assert await supervisor.run_until_idle() == "idle"
    assert sorted(told(home, StreamExhausted)) == list("01234")
    assert sum(behind.runs.values()) == 15


async def test_a_source_that_is_held_back_does_not_keep_a_drain_waiting(writer: LogWriter) -> None:
    async def drain(label: str) -> None:
        supervisor.drain()
        await anyio.lowlevel.checkpoint()

    source = Relay("source", DatasetRefused, StreamExhausted)
    behind = Relay("behind", StreamExhausted, WorkerStopFailed, do=drain)
    supervisor = Supervisor(writer, [source, behind], sources={"source": 1})
    await give(writer, range(5))
    with anyio.fail_after(20):
        assert await supervisor.run_until_idle() == "drained"
    assert sum(source.runs.values()) == 1


@pytest.mark.parametrize("sources", [{"relay": 0}, {"other": 1}])
async def test_tokens_that_make_no_sense_are_refused(sources: dict[str, int], writer: LogWriter) -> None:
    with pytest.raises(ValueError, match="must be at least 1 and for one of"):
        Supervisor(writer, [Relay("relay", DatasetRefused, StreamExhausted)], sources=sources)
