"""A place in a history is a position, a time or another home, and whatever is none of these is told so."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings, strategies as st

from events.dataset import DatasetRefused
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.positions import NoPositionError, moment, position_at
from store.replay import rebuild
from tests.store.log.disks import QuickDisk

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def history(home: Home, minutes: list[int], size: int = 2) -> Home:
    """A log with an append of some events at each of these minutes after noon; the home is opened at noon."""

    async def write() -> None:
        times: Iterator[datetime] = iter([NOON, *(NOON + timedelta(minutes=one) for one in minutes)])
        async with LogWriter.open(home, clock=lambda: next(times), disk=QuickDisk()) as writer:
            for number in range(len(minutes)):
                files = [DatasetRefused(f"{number}.{part}.csv", "empty", "") for part in range(size)]
                await writer.append([Draft(file) for file in files])

    anyio.run(write)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A log of seven events: one at noon, and two at each of three minutes after."""
    return history(Home(tmp_path / "home"), [1, 2, 3])


@pytest.mark.parametrize(
    ("named", "seq"),
    [
        ("1", 1),
        ("4", 4),
        ("7", 7),
        ("007", 7),
        ("2026-01-02T12:00", 1),
        ("2026-01-02T12:00:59.999999", 1),
        ("2026-01-02T12:01", 3),
        ("2026-01-02 12:01:30", 3),
        ("2026-01-02T12:02Z", 5),
        ("2026-01-02T14:02+02:00", 5),
        ("2026-01-03", 7),
        ("9999-12-31T23:59-23:59", 7),
    ],
)
def test_a_position_or_a_time_names_the_state_after_it(home: Home, named: str, seq: int) -> None:
    found = moment(home, named)
    assert found.home == home
    assert found.state.seq == seq
    assert found.state.digests() == rebuild(home, seq).digests()


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("8", "lies beyond the end of the log at 7"),
        ("9" * 5000, "is no place in a history"),
        ("0", "lies before the first event"),
        ("-1", "is no place in a history"),
        ("", "is no place in a history"),
        ("yesterday", "is no place in a history"),
        ("2026-13-01", "is no place in a history"),
        ("2026-01-02T11:59", "lies before the first event"),
        ("0001-01-01T00:00+23:59", "lies before the first event"),
        ("x" * 5000, "is no place in a history"),
        ("../" * 40 + "nowhere", "is no place in a history"),
        ("1.5", "is no place in a history"),
        ("²", "is no place in a history"),
    ],
)
def test_what_is_no_place_in_the_history_is_told_with_what_is(home: Home, named: str, why: str) -> None:
    with pytest.raises(NoPositionError) as caught:
        moment(home, named)
    assert why in str(caught.value)
    assert "name a position (a number from 1), a time" in str(caught.value)
    assert len(str(caught.value)) < 400


def test_an_empty_name_is_not_the_folder_that_one_is_in(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.root)
    with pytest.raises(NoPositionError):
        moment(home, "")
    assert moment(home, ".").state.seq == 7


def test_another_home_is_named_by_its_folder(home: Home, tmp_path: Path) -> None:
    other = history(Home(tmp_path / "7"), [1])
    assert moment(home, str(other.root)).home == other
    assert moment(home, str(other.root)).state.seq == 3


def test_a_home_without_events_has_no_position(tmp_path: Path) -> None:
    for named in ("1", "2026-01-02"):
        with pytest.raises(NoPositionError):
            moment(Home(tmp_path / "none"), named)
    assert not (tmp_path / "none").exists()


def test_a_clock_that_went_backwards_changes_no_order(tmp_path: Path) -> None:
    home = history(Home(tmp_path / "home"), [30, 10, 20, 40], size=1)
    assert [one.seq for one in read_events(home)] == [1, 2, 3, 4, 5]
    at = {minute: position_at(home, NOON + timedelta(minutes=minute)) for minute in (0, 9, 29, 30, 39, 40)}
    # What stands behind a later event is later too, whatever its time says.
    assert at == {0: 1, 9: 1, 29: 1, 30: 4, 39: 4, 40: 5}


@settings(max_examples=40, deadline=None)
@given(minutes=st.lists(st.integers(0, 20), max_size=8), asked=st.integers(-1, 21))
def test_before_a_position_nothing_is_later_than_its_time_and_the_next_event_is(
    minutes: list[int], asked: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = history(Home(tmp_path_factory.mktemp("home")), minutes)
    seq = position_at(home, NOON + timedelta(minutes=asked))
    times = [datetime.fromisoformat(one.time) - NOON for one in read_events(home)]
    wanted = timedelta(minutes=asked)
    assert all(time <= wanted for time in times[:seq])
    assert seq == len(times) or times[seq] > wanted
    shutil.rmtree(home.root)
