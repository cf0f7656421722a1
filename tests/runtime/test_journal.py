"""The door to the log lets a try speak once, for its own key, and only while it is the try that is due."""

import anyio
import pytest
from structlog.testing import capture_logs

from actors.ports import InfrastructureError, Postponed
from actors.runtime.bus import Bus
from actors.runtime.journal import Journal
from actors.runtime.settings import Settings
from actors.runtime.work import Work, WorkLedger, Yield
from events.identity import digest_of
from events.question import StreamExhausted
from events.runtime import RunStarted
from events.struct import Event
from store.blobs import Blobs
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events


async def _never() -> Yield:
    raise AssertionError


WORK = Work("key", _never)
DONE = Yield([StreamExhausted("a", 1), StreamExhausted("b", 2)])


@pytest.fixture
async def journal(writer: LogWriter) -> Journal:
    """A journal in step with the log."""
    opened = Journal(writer, Settings())
    await opened.catch_up(Bus(writer))
    return opened


async def test_a_try_that_failed_cannot_finish_the_work_any_more(journal: Journal, writer: LogWriter) -> None:
    assert await journal.fail(WORK, 1, ValueError("broken"))
    before = writer.head.seq
    with capture_logs() as logs:
        assert not await journal.finish(WORK, 1, DONE)
    assert logs[0]["why"] == "try 1 is stale: 2 is due"
    assert writer.head.seq == before
    assert await journal.finish(WORK, 2, DONE)


async def test_a_key_is_finished_once(journal: Journal, writer: LogWriter) -> None:
    assert await journal.finish(WORK, 1, DONE)
    before = writer.head.seq
    assert not await journal.finish(WORK, 1, DONE)
    assert not await journal.fail(WORK, 1, ValueError("late"))
    assert writer.head.seq == before


async def test_of_two_ends_at_the_same_time_one_is_taken(journal: Journal, writer: LogWriter) -> None:
    taken: list[bool] = []

    async def finish() -> None:
        taken.append(await journal.finish(WORK, 1, DONE))

    async with anyio.create_task_group() as group:
        group.start_soon(finish)
        group.start_soon(finish)
    assert sorted(taken) == [False, True]
    assert writer.head.seq == 3


async def test_work_that_was_put_aside_or_parked_is_refused(journal: Journal, writer: LogWriter) -> None:
    for attempt in (1, 2, 3):
        await journal.fail(WORK, attempt, ValueError("broken"))
    assert not await journal.finish(WORK, 4, DONE)
    other = Work("other", _never)
    for attempt in range(1, 6):
        await journal.fail(other, attempt, InfrastructureError("gone"))
    assert not await journal.finish(other, 6, DONE)
    await writer.append([Draft(RunStarted("again", 0, ()))])
    assert await journal.finish(other, 6, DONE)
    assert not await journal.finish(WORK, 4, DONE)


async def test_work_that_waits_for_a_person_is_parked_at_once_and_did_not_fail(
    home: Home, journal: Journal, writer: LogWriter
) -> None:
    assert await journal.fail(WORK, 1, Postponed("raise the cap"))
    assert journal.ledger.parked == {"key": "raise the cap"}
    assert not journal.ledger.lost
    assert not journal.ledger.failures
    await writer.append([Draft(RunStarted("run", 0, ()))])
    assert await journal.finish(WORK, 1, DONE)


async def test_the_bytes_of_a_yield_are_kept(home: Home, journal: Journal) -> None:
    digest = digest_of(b"bytes")
    await journal.finish(WORK, 1, Yield([StreamExhausted("a", 1)], {digest: b"bytes"}))
    assert Blobs(home).get(digest) == b"bytes"


async def test_a_refused_event_frees_its_key_again(journal: Journal) -> None:
    number: object = 1
    wrong: list[Event] = [StreamExhausted(number, 1)]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot be recorded"):
        await journal.finish(WORK, 1, Yield(wrong))
    assert await journal.finish(WORK, 1, DONE)


async def test_the_ledger_is_a_fold_of_the_log(home: Home, journal: Journal, writer: LogWriter) -> None:
    await journal.finish(WORK, 1, DONE)
    for attempt, error in enumerate([ValueError("a"), InfrastructureError("b"), ValueError("c")], start=1):
        await journal.fail(Work("other", _never), attempt, error)
    ledger = WorkLedger()
    for recorded in read_events(home):
        ledger.apply(recorded)
    assert ledger == journal.ledger
    again = Journal(writer, Settings())
    await again.catch_up(Bus(writer))
    assert again.ledger == ledger
    assert ledger.attempt("other") == 4
    assert (ledger.failures, ledger.lost) == ({"other": 2}, {"other": 1})
