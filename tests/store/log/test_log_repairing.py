"""A repair cuts before the first damage, keeps what it cuts byte by byte, and is told however often it is broken off."""

from pathlib import Path

import anyio
import pytest

from events.runtime import HomeOpened, LogRepaired
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.damaged import NAME as KEPT
from store.log.judged import Fault
from store.log.read import read_events
from store.log.segments import is_compressed, segments
from store.log.verify import verify_log
from tests.store.log.conftest import clock, refused
from tests.store.log.damage import SEGMENT_BYTES, files_of, sample
from tests.store.log.disks import QuickDisk
from tests.store.log.repairing import (
    FORMS,
    Case,
    Wholes,
    append,
    damages,
    flipped,
    kept_by,
    plain,
    put,
    read_until_damage,
    repaired,
    told_in,
)


@pytest.fixture(scope="module")
def wholes(tmp_path_factory: pytest.TempPathFactory) -> Wholes:
    """The same log in plain segments and in compressed ones."""
    return {
        form: sample(tmp_path_factory.mktemp(form), sealed=True, compressed=form == "compressed")
        for form in ("plain", "compressed")
    }


@pytest.fixture(params=[(form, way) for form, ways in FORMS.items() for way in ways], ids=": ".join)
def damaged(request: pytest.FixtureRequest, wholes: Wholes, home: Home) -> Case:
    form, way = request.param
    change, due = damages(wholes[form])[way]
    files = change(wholes[form].files)
    put(home, files)
    assert not verify_log(home).ok
    return Case(home, files, wholes[form], due)


def test_a_damaged_log_is_cut_before_the_damage_and_all_that_is_cut_is_kept(damaged: Case) -> None:
    home, due, events = damaged.home, damaged.due, damaged.whole.events
    (first, *_) = verify_log(home).problems
    told = repaired(home)
    assert told is not None
    assert Fault(told.segment, told.start, told.end, first.seq, told.what) == first
    assert told.seq == due
    found = list(read_events(home))
    assert found[: due - 1] == list(events[: due - 1])
    assert [type(one.event) for one in found[due - 1 :]] == [HomeOpened, LogRepaired][due > 1 :]
    assert told_in(home) == [told]
    assert told.events <= len(events) - due + 1
    assert verify_log(home).ok
    kept = kept_by(home, told)
    assert kept == {name: damaged.files[name] for name in kept}
    stands = plain(files_of(home))
    for name, data in plain(damaged.files).items():
        assert name in plain(kept) or stands[name].startswith(data), "nothing went unkept"
    assert repaired(home) is None
    assert told_in(home) == [told]


def test_a_repair_touches_nothing_that_is_whole(damaged: Case) -> None:
    home = damaged.home
    ends = [one.segment[:8] for one in damaged.whole.batches if one.first + one.count <= damaged.due]
    before = {name: data for name, data in plain(damaged.files).items() if name < max(ends, default="")}
    told = repaired(home)
    assert told is not None
    stands = plain(files_of(home))
    assert {name: stands[name] for name in before} == before
    assert not before.keys() & plain(kept_by(home, told)).keys()


def test_after_a_repair_the_log_goes_on(damaged: Case) -> None:
    home = damaged.home
    repaired(home)
    places = [one.seq for one in read_events(home)]
    append(home, 8)
    assert [one.seq for one in read_events(home)] == [*places, *range(places[-1] + 1, places[-1] + 9)]
    assert verify_log(home).ok


def test_a_log_that_began_anew_has_another_home_id(home: Home, tmp_path: Path) -> None:
    found = sample(tmp_path / "whole", sealed=True)
    put(home, flipped("00000001.jsonl", 30)(found.files))
    repaired(home)
    opened, told, *_ = [one.event for one in read_events(home)]
    assert isinstance(opened, HomeOpened)
    assert isinstance(told, LogRepaired)
    assert opened.home != "ab" * 16


def test_a_removed_end_that_the_writer_told_of_is_given_up(home: Home) -> None:
    append(home, 9)
    path = segments(home.log)[-1]
    whole = path.read_bytes()
    at = whole.rindex(b'{"seq"', 0, whole.rindex(b'{"seq"'))
    path.write_bytes(whole[: at + 20])
    torn = files_of(home)
    told = repaired(home)
    assert told is not None
    assert "the end of the log was removed" in told.what
    assert kept_by(home, told) == {path.name: torn[path.name]}, "what a tear left is kept as well"
    assert verify_log(home).ok
    assert told_in(home) == [told]


def test_a_removed_segment_at_the_end_is_given_up(home: Home) -> None:
    append(home, 30)
    segments(home.log)[-1].unlink()
    before = files_of(home)
    told = repaired(home)
    assert told is not None
    assert "the end of the log was removed" in told.what
    assert {name: files_of(home)[name] for name in before} == before
    assert told_in(home) == [told]


def test_a_damaged_block_of_a_compressed_segment_leaves_the_blocks_before_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.log.closing.BLOCK_BYTES", 500)
    append_plain(home, 30)
    path = segments(home.log)[1]
    compress_segment(path, QuickDisk())
    (path,) = [one for one in segments(home.log) if is_compressed(one)]
    data = path.read_bytes()
    at = data.index(b"\x28\xb5\x2f\xfd", data.index(b"\x28\xb5\x2f\xfd", 4) + 4) + 30
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    before = read_until_damage(home)
    told = repaired(home)
    assert told is not None
    assert told.segment == path.name
    events = list(read_events(home))
    assert events[:-1] == before
    assert 1 < told.seq == events[-1].seq < 30
    assert kept_by(home, told)[path.name] == path.parent.joinpath(told.kept, path.name).read_bytes()
    assert not path.exists()
    assert verify_log(home).ok


def append_plain(home: Home, number: int) -> None:
    async def write() -> None:
        opening = LogWriter.open(
            home, clock=clock, segment_bytes=SEGMENT_BYTES, compress=False, disk=QuickDisk()
        )
        async with opening as writer:
            for one in range(number):
                await writer.append([Draft(refused(one))])

    anyio.run(write)


def test_a_segment_that_stands_in_both_forms_leaves_neither_behind_the_cut(home: Home) -> None:
    append_plain(home, 30)
    first, second, third, *_ = segments(home.log)
    data = third.read_bytes()
    compress_segment(third, QuickDisk())
    third.write_bytes(data)
    second.write_bytes(flipped("x", 40)({"x": second.read_bytes()})["x"])
    told = repaired(home)
    assert told is not None
    assert {third.name, f"{third.name}.zst"} <= kept_by(home, told).keys()
    assert {path.name for path in home.log.glob("*.jsonl*")} <= {first.name, second.name}
    assert verify_log(home).ok


def test_a_second_damage_is_kept_apart_from_the_first(home: Home) -> None:
    append(home, 5)
    for number in (1, 2):
        path = segments(home.log)[-1]
        data = path.read_bytes()
        at = data.rindex(b'"time":"') + 10
        path.write_bytes(data[:at] + b"!" + data[at + 1 :])
        damaged = files_of(home)
        told = repaired(home)
        assert told is not None
        assert told.kept == f"{KEPT}-{number}"
        assert kept_by(home, told)[path.name] == damaged[path.name]
    # The second one took what told of the first with it: both are told of.
    assert [one.kept for one in told_in(home)] == [f"{KEPT}-1", f"{KEPT}-2"]
