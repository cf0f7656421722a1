"""What an interrupted writer leaves is cut and kept; anything else that is wrong is refused and named."""

from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings, strategies as st

from events.runtime import TailCut
from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import log_head, read_events
from store.log.scan import LogCorrupt
from store.log.verify import verify_log
from tests.store.log.conftest import WriteLog, clock, put, refused, segment_bytes_of
from tests.trials import Trial

SIZES = (1, 3, 2)
SEGMENT = "00000001.jsonl"


@pytest.fixture(scope="module")
def whole(write_log: WriteLog) -> bytes:
    """A log of four batches in one segment."""
    return write_log(SIZES, 2**20)[SEGMENT]


@pytest.fixture(scope="module")
def last_batch(whole: bytes) -> int:
    """The byte at which the last batch begins."""
    commits = [at for at in range(len(whole)) if whole.startswith(b'\t{"commit"', at)]
    return whole.index(b"\n", commits[-2]) + 1


def reopened(home: Home) -> list[AnyRecorded]:
    """What a writer finds and adds when it opens this log."""

    async def open_and_close() -> None:
        async with LogWriter.open(home, clock=clock):
            pass

    anyio.run(open_and_close)
    return list(read_events(home))


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


@pytest.mark.parametrize("share", [0.1, pytest.param(1.0, marks=pytest.mark.full)], ids=["some", "each"])
def test_every_cut_inside_the_last_batch_recovers_to_the_state_before_it(
    share: float, whole: bytes, last_batch: int, scratch: Home, trial: Trial
) -> None:
    for length in range(last_batch + 1, len(whole)):
        if trial.random.random() >= share:
            continue
        trial.counts["cuts"] += 1
        put(scratch, {SEGMENT: whole[:length]})
        assert log_head(scratch).seq == 5
        *_, cut = reopened(scratch)
        kept = f"{SEGMENT}.{last_batch}.torn"
        assert cut.event == TailCut(SEGMENT, last_batch, length - last_batch, kept)
        assert cut.seq == 6
        assert (scratch.log / kept).read_bytes() == whole[last_batch:length]
        assert (scratch.log / SEGMENT).read_bytes().startswith(whole[:last_batch])


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0, 1), zeros=st.integers(1, 5000))
def test_a_tail_extended_by_zeros_is_torn(
    share: float, zeros: int, whole: bytes, last_batch: int, scratch: Home
) -> None:
    length = last_batch + int(share * (len(whole) - 1 - last_batch))
    put(scratch, {SEGMENT: whole[:length] + bytes(zeros)})
    assert [problem.torn for problem in verify_log(scratch).problems] == [True]
    assert reopened(scratch)[-1].seq == 6


@settings(max_examples=400, deadline=None)
@given(at=st.integers(0), bit=st.integers(0, 7))
def test_every_flipped_bit_is_found_and_never_read(at: int, bit: int, whole: bytes, scratch: Home) -> None:
    at %= len(whole)
    flipped = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]
    put(scratch, {SEGMENT: flipped})
    # A lost line end joins two batches, and then both are named.
    problem, *_ = problems = verify_log(scratch).problems
    assert len(problems) <= 2
    assert problem.segment == SEGMENT
    assert problem.start <= at < problem.end
    with pytest.raises(LogCorrupt, match=rf"{SEGMENT}, bytes {problem.start} to {problem.end}"):
        list(read_events(scratch))
    with pytest.raises(LogCorrupt):
        reopened(scratch)
    assert segment_bytes_of(scratch) == {SEGMENT: flipped}


def test_every_bit_of_the_last_batch_can_flip_without_passing_for_a_tear(
    whole: bytes, last_batch: int, scratch: Home
) -> None:
    for at in range(last_batch, len(whole)):
        for bit in range(8):
            put(scratch, {SEGMENT: whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]})
            assert [problem.torn for problem in verify_log(scratch).problems] == [False], (at, bit)


@pytest.mark.parametrize("change", ["drop", "double", "swap"])
def test_lines_dropped_doubled_or_swapped_are_found(change: str, whole: bytes, scratch: Home) -> None:
    lines = lines_of(whole)
    # Without its last line a log is torn, not damaged: that case is told apart above.
    for at in range(len(lines) - 1):
        changed = list(lines)
        if change == "drop":
            del changed[at]
        elif change == "double":
            changed.insert(at, changed[at])
        else:
            changed[at], changed[at + 1] = changed[at + 1], changed[at]
        put(scratch, {SEGMENT: b"".join(changed)})
        assert not verify_log(scratch).ok
        with pytest.raises(LogCorrupt):
            list(read_events(scratch))


def test_a_whole_batch_that_is_dropped_doubled_or_swapped_is_found(whole: bytes, scratch: Home) -> None:
    batches = [part + b"}}\n" for part in whole.split(b'"}}\n')[:-1]]
    batches = [part.replace(b"}}\n", b'"}}\n') for part in batches]
    assert b"".join(batches) == whole
    first, second, third, fourth = batches
    for order in ([first, third, fourth], [first, second, second, third], [first, third, second, fourth]):
        put(scratch, {SEGMENT: b"".join(order)})
        assert "where" in verify_log(scratch).problems[0].what
        with pytest.raises(LogCorrupt):
            list(read_events(scratch))


def test_a_whole_last_commit_with_a_wrong_digest_is_never_a_tear(whole: bytes, scratch: Home) -> None:
    put(scratch, {SEGMENT: whole.replace(b"table 5 has", b"table 6 has")})
    (problem,) = verify_log(scratch).problems
    assert not problem.torn
    assert "not those that were committed" in problem.what


def test_damage_is_told_once_and_what_follows_still_counts(whole: bytes, scratch: Home) -> None:
    put(scratch, {SEGMENT: whole.replace(b"table 0 has", b"table 9 has").replace(b'"count":3', b'"count":4')})
    report = verify_log(scratch)
    assert [problem.what for problem in report.problems] == [
        "the bytes of its events are not those that were committed",
        "4 events were committed, and 3 lines stand there",
    ]
    assert report.batches == 2
    assert report.head.seq == 7


def test_an_id_that_does_not_follow_from_the_event_is_found(
    whole: bytes, scratch: Home, write_log: WriteLog
) -> None:
    from_elsewhere = whole.replace(b"ab" * 16, b"cd" * 16, 1)
    put(scratch, {SEGMENT: from_elsewhere})
    assert not verify_log(scratch).ok


def test_a_log_in_many_segments_is_one_log(write_log: WriteLog, scratch: Home) -> None:
    parts = write_log((2,) * 6, 900)
    assert len(parts) > 3
    put(scratch, parts)
    assert [recorded.seq for recorded in read_events(scratch)] == list(range(1, 14))
    assert verify_log(scratch).segments == len(parts)


def test_a_missing_segment_is_named(write_log: WriteLog, scratch: Home) -> None:
    parts = write_log((2,) * 6, 900)
    del parts["00000002.jsonl"]
    put(scratch, parts)
    (problem,) = verify_log(scratch).problems
    assert (problem.segment, problem.what) == ("00000002.jsonl", "the segment is missing")
    with pytest.raises(LogCorrupt, match=r"00000002\.jsonl"):
        list(read_events(scratch))


def test_a_tail_without_commit_before_the_last_segment_is_damage(write_log: WriteLog, scratch: Home) -> None:
    parts = write_log((2,) * 6, 900)
    parts["00000002.jsonl"] = parts["00000002.jsonl"][:-5]
    put(scratch, parts)
    assert verify_log(scratch).problems[0].what == "no commit line ends it"
    with pytest.raises(LogCorrupt):
        list(read_events(scratch))


def test_a_segment_that_was_made_and_never_used_is_no_damage(
    whole: bytes, last_batch: int, scratch: Home
) -> None:
    put(scratch, {SEGMENT: whole[:-9], "00000002.jsonl": b""})
    assert [problem.torn for problem in verify_log(scratch).problems] == [True]
    assert reopened(scratch)[-1].seq == 6
    assert verify_log(scratch).ok


def test_a_tear_in_the_very_first_batch_leaves_a_new_log(whole: bytes, scratch: Home) -> None:
    put(scratch, {SEGMENT: whole[:100]})
    opened, cut = reopened(scratch)
    assert (opened.seq, type(opened.event).__name__) == (1, "HomeOpened")
    assert isinstance(cut.event, TailCut)


def test_what_an_earlier_tear_left_is_kept(whole: bytes, last_batch: int, scratch: Home) -> None:
    put(scratch, {SEGMENT: whole[:-9]})
    (scratch.log / f"{SEGMENT}.{last_batch}.torn").write_bytes(b"earlier")
    cut = reopened(scratch)[-1].event
    assert isinstance(cut, TailCut)
    assert cut.kept.endswith(".torn.2")
    assert (scratch.log / f"{SEGMENT}.{last_batch}.torn").read_bytes() == b"earlier"


def test_a_log_that_does_not_begin_with_its_home_is_refused(scratch: Home, whole: bytes) -> None:
    put(scratch, {SEGMENT: whole[whole.index(b"\n", whole.index(b'{"commit"')) + 1 :]})
    with pytest.raises(LogCorrupt, match="event 2 where 1 is due"):
        reopened(scratch)


def test_an_empty_home_has_no_events_and_no_problems(home: Home) -> None:
    report = verify_log(home)
    assert (report.ok, report.events, report.segments) == (True, 0, 0)
    assert list(read_events(home)) == []
    assert not home.root.exists()


def test_the_report_is_plain_json(whole: bytes, scratch: Home) -> None:
    put(scratch, {SEGMENT: whole})
    report = verify_log(scratch).to_dict()
    assert report["head"] == {"seq": 7, "chain": log_head(scratch).chain}


def test_a_clean_end_is_sealed_so_that_no_cut_loses_an_event(home: Home) -> None:
    async def write() -> None:
        async with LogWriter.open(home, clock=clock) as writer:
            await writer.append([Draft(refused(1))])

    anyio.run(write)
    data = (home.log / SEGMENT).read_bytes()
    seal = lines_of(data)[-1]
    assert b'"count":0' in seal
    for length in range(1, len(seal) + 1):
        put(home, {SEGMENT: data[:-length]})
        assert [recorded.seq for recorded in read_events(home)] == [1, 2]


@pytest.mark.parametrize("types", [None, (TailCut,), ()])
def test_reading_gives_the_types_and_places_asked_for(
    types: tuple[type, ...] | None, whole: bytes, scratch: Home
) -> None:
    put(scratch, {SEGMENT: whole})
    every = list(read_events(scratch))
    for after in range(9):
        for upto in (None, 0, 3, 7, 12):
            wanted = [
                one
                for one in every
                if one.seq > after
                and (upto is None or one.seq <= upto)
                and (types is None or isinstance(one.event, types))
            ]
            assert list(read_events(scratch, after, types, upto)) == wanted


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), max_size=6), limit=st.integers(200, 4000))
def test_what_was_appended_is_what_is_read(
    sizes: list[int],
    limit: int,
    write_log: Callable[[list[int], int], dict[str, bytes]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = put(Home(Path(tmp_path_factory.mktemp("read"))), write_log(sizes, limit))
    _, *events = [recorded.event for recorded in read_events(home)]
    assert events == [refused(number) for number in range(sum(sizes))]
    assert verify_log(home).ok
