"""The index finds what a full reading finds, and gives no event that was not appended."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import anyio
import msgspec
import pytest
import xxhash
from hypothesis import given, settings, strategies as st
from structlog.testing import capture_logs

from events.dataset import DatasetRefused
from events.runtime import HomeOpened, RunStarted, SettingsRead, WorkFailed, WorkStamp
from events.struct import Event
from events.wire import AnyRecorded, encode
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.index import LogIndex, events_at
from store.log.lines import correlation_of
from store.log.published import NAME
from store.log.read import read_events
from store.log.scan import LogCorrupt
from store.log.segment_index import FOLDER
from store.log.segments import is_compressed, segments
from tests.store.log.conftest import clock, refused
from tests.store.log.disks import QuickDisk

SEGMENT_BYTES = 2500
HOSTILE = (
    "q",
    "Größe \u2028 \U0001f600",
    'a "quoted" one',
    "ends with a backslash \\",
    '\\"',
    ',"correlation":"q"',
    '","correlation":"q","work":null}\n',
    "\t\r\n\0",
    "",
)
KINDS: tuple[type[Event], ...] = (HomeOpened, DatasetRefused, RunStarted, SettingsRead, WorkFailed)

words = st.sampled_from(HOSTILE) | st.text(max_size=8)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """An event with hostile words wherever one may stand."""
    word, other = draw(words), draw(words)
    event: Event = draw(
        st.sampled_from(
            [
                DatasetRefused(path=word, reason="empty", detail=f'x","correlation":"{other}","y":"'),
                RunStarted(command=word, seed=1, sources=("template",)),
                SettingsRead(origin=other, settings={"correlation": word}),
                WorkFailed(key=word, attempt=1, error=other, infrastructure=False),
            ]
        )
    )
    stamp = draw(st.none() | st.builds(WorkStamp, key=words, attempt=st.just(1)))
    return Draft(event, correlation=draw(st.none() | words), work=stamp)


def write(home: Home, appends: Sequence[Sequence[Draft]], *, compress: bool = False) -> None:
    """Append these, several small segments full, and compress all that are closed if wanted."""

    async def append() -> None:
        opening = LogWriter.open(
            home, clock=clock, segment_bytes=SEGMENT_BYTES, compress=False, disk=QuickDisk()
        )
        async with opening as writer:
            for one in appends:
                await writer.append(one)

    anyio.run(append)
    for path in segments(home.log)[:-1] if compress else ():
        if not is_compressed(path):
            compress_segment(path, QuickDisk())


def many(count: int, correlations: Sequence[str | None] = ("a", "b", None)) -> list[list[Draft]]:
    """So many appends of one event, of two types in turn, that belong to these in turn."""
    return [
        [
            Draft(
                refused(number) if number % 2 else RunStarted(command=str(number), seed=0, sources=()),
                correlation=correlations[number % len(correlations)],
            )
        ]
        for number in range(count)
    ]


def same(index: LogIndex, home: Home) -> None:
    """The index gives what a full reading gives, however it is asked."""
    every = list(read_events(home))
    assert index.seq == len(every)
    assert [index.at(place) for place in range(len(every) + 3)] == [None, *every, None, None]
    for types in (None, *((kind,) for kind in KINDS), KINDS, ()):
        for after in (0, len(every) // 2, len(every)):
            wanted = [one for one in every if one.seq > after and (types is None or type(one.event) in types)]
            assert list(index.of_types(types, after)) == wanted
            assert (
                index.last(3, types)
                == [one for one in every if types is None or type(one.event) in types][-3:]
            )
    for word in {*HOSTILE, *(one.correlation or "" for one in every)}:
        wanted = [one for one in every if one.correlation == word]
        assert list(index.stream(word)) == wanted
        assert index.last(2, correlation=word) == wanted[-2:]
        assert list(index.stream(word, (RunStarted,), 4)) == [
            one for one in wanted if one.seq > 4 and isinstance(one.event, RunStarted)
        ]


@settings(max_examples=60, deadline=None)
@given(
    appends=st.lists(st.lists(drafts(), min_size=1, max_size=4), max_size=12),
    more=st.lists(st.lists(drafts(), min_size=1, max_size=4), max_size=12),
    compress=st.tuples(st.booleans(), st.booleans()),
)
def test_by_place_stream_and_type_the_index_gives_what_a_full_reading_gives(
    appends: list[list[Draft]],
    more: list[list[Draft]],
    compress: tuple[bool, bool],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = Home(tmp_path_factory.mktemp("index"))
    with closing(LogIndex(home)) as growing:
        assert growing.at(1) is None
        write(home, appends, compress=compress[0])
        growing.refresh()
        same(growing, home)
        write(home, more, compress=compress[1])
        growing.refresh()
        same(growing, home)
    with closing(LogIndex(home)) as fresh:
        same(fresh, home)
    with closing(LogIndex(home)) as kept:
        same(kept, home)


@pytest.mark.parametrize("compress", [False, True])
def test_an_open_index_goes_on_when_its_segments_are_compressed(home: Home, compress: bool) -> None:
    write(home, many(12))
    with closing(LogIndex(home)) as index:
        for _ in range(4):
            write(home, many(7), compress=compress)
            index.refresh()
            same(index, home)
        if compress:
            assert sum(is_compressed(path) for path in segments(home.log)) > 3


def test_a_segment_made_and_never_used_closes_nothing(home: Home) -> None:
    write(home, many(3))
    with closing(LogIndex(home)) as index:
        (home.log / "00000002.jsonl").touch()
        index.refresh()
        write(home, many(2))
        index.refresh()
        same(index, home)


async def test_an_index_beside_a_writer_covers_what_is_durable_alone(home: Home) -> None:
    seen: list[int] = []

    class Looking(QuickDisk):
        def sync(self, descriptor: int) -> None:  # noqa: ARG002
            index.refresh()
            seen.append(index.seq)

    async with LogWriter.open(home, disk=QuickDisk()):
        pass
    with closing(LogIndex(home)) as index:
        async with LogWriter.open(home, disk=Looking(), segment_bytes=SEGMENT_BYTES) as writer:
            for one in many(30):
                await writer.append(one)
    assert seen[:30] == list(range(1, 31))


def build(home: Home) -> None:
    """Have every part of the index built and kept."""
    with closing(LogIndex(home)) as index:
        assert list(index.stream("of nothing")) == []


def kept(home: Home) -> list[Path]:
    return sorted((home.log / FOLDER).iterdir())


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def indexed(home: Home, request: pytest.FixtureRequest) -> Home:
    """A log of several segments whose index is kept."""
    write(home, many(40), compress=request.param)
    build(home)
    assert len(kept(home)) == len(segments(home.log)) - 1 > 3
    return home


def test_a_kept_index_is_used(indexed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def unused(*_: object, **__: object) -> Iterator[object]:
        raise AssertionError("a closed segment was read")

    monkeypatch.setattr("store.log.indexed.scan_segment", unused)
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


def test_the_last_events_are_found_without_looking_into_closed_segments(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, many(40))
    every = list(read_events(home))

    def unused(*_: object, **__: object) -> Iterator[object]:
        raise AssertionError("a closed segment was read")

    monkeypatch.setattr("store.log.indexed.scan_segment", unused)
    with closing(LogIndex(home)) as index:
        assert index.last(2) == every[-2:]
        assert list(index.of_types(None, len(every) - 1)) == every[-1:]
    assert not (home.log / FOLDER).exists()


def test_a_deleted_index_is_built_again(indexed: Home) -> None:
    before = [path.read_bytes() for path in kept(indexed)]
    for path in kept(indexed):
        path.unlink()
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert [path.read_bytes() for path in kept(indexed)] == before
    assert told == []


def test_a_damaged_index_is_ignored_with_a_notice_and_built_again(indexed: Home) -> None:
    path = kept(indexed)[1]
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        damaged = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        path.write_bytes(damaged)
        with capture_logs() as told, closing(LogIndex(indexed)) as index:
            assert list(index.stream("of nothing")) == []
        assert [one["segment"] for one in told] == [segments(indexed.log)[1].name], at
        assert path.read_bytes() == whole


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"\xff" * 40])
def test_an_index_that_is_none_is_ignored_with_a_notice(indexed: Home, data: bytes) -> None:
    kept(indexed)[0].write_bytes(data)
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert len(told) == 1


def test_the_index_of_another_log_is_ignored_with_a_notice(indexed: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    write(other, many(40, ("x", "y")))
    build(other)
    for path in kept(other)[:3]:
        (indexed.log / FOLDER / path.name).write_bytes(path.read_bytes())
    with capture_logs() as told, closing(LogIndex(indexed)) as index:
        same(index, indexed)
    assert len(told) == 3


def test_the_index_of_another_segment_is_ignored(indexed: Home) -> None:
    first, second, *_ = kept(indexed)
    second.write_bytes(first.read_bytes())
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


def test_where_the_home_cannot_be_written_to_the_index_is_built_and_not_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home, many(40))

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with closing(LogIndex(home)) as index:
        same(index, home)
    assert not (home.log / FOLDER).exists()


def test_events_of_one_digest_are_told_apart(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every stream has the same key: an index that trusted it would mix them.
    real: Callable[[bytes], int] = xxhash.xxh3_64_intdigest
    monkeypatch.setattr(
        "store.log.segment_index.xxhash.xxh3_64_intdigest",
        lambda data: 7 if len(data) < 20 else real(data),
    )
    write(home, many(20, ("a", "b", None)))
    with closing(LogIndex(home)) as index:
        same(index, home)


def flipped(path: Path, wanted: bytes) -> None:
    """Change a byte of the first line with these."""
    data = path.read_bytes()
    at = data.index(wanted)
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.mark.parametrize("wanted", [b'"time":"2026', b"table 3 has", b'"correlation":"a"', b'"cause":null'])
def test_a_damaged_line_is_never_given_and_is_named(home: Home, wanted: bytes) -> None:
    write(home, many(40))
    build(home)
    path = segments(home.log)[0]
    data = path.read_bytes()
    end = data.index(b"\n", data.index(wanted)) + 1
    start = data.rfind(b"\n", 0, end - 1) + 1
    flipped(path, wanted)
    with closing(LogIndex(home)) as index, pytest.raises(LogCorrupt) as caught:
        list(index.of_types(None))
    assert (caught.value.segment, caught.value.start, caught.value.end) == (path.name, start, end)


def test_a_damaged_block_is_named(home: Home) -> None:
    write(home, many(40), compress=True)
    build(home)
    path = segments(home.log)[1]
    data = path.read_bytes()
    path.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    with closing(LogIndex(home)) as index, pytest.raises(LogCorrupt, match=path.name):
        list(index.of_types(None))
    (home.log / FOLDER / "00000002.idx").unlink()
    with pytest.raises(LogCorrupt, match=path.name):
        build(home)


@pytest.mark.parametrize("number", [1, 3])
def test_a_missing_segment_is_named(indexed: Home, number: int) -> None:
    segments(indexed.log)[number - 1].unlink()
    with pytest.raises(LogCorrupt, match=f"{number:08d}.jsonl, bytes 0 to 0: the segment is missing"):
        LogIndex(indexed)


def test_a_segment_of_another_home_is_named(indexed: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    write(other, many(40))
    (path,) = (one for one in segments(indexed.log) if one.name.startswith("00000002"))
    path.unlink()
    (indexed.log / "00000002.jsonl").write_bytes((other.log / "00000002.jsonl").read_bytes())
    with pytest.raises(LogCorrupt, match="00000002"):
        build(indexed)


def test_without_its_end_a_log_is_refused_by_what_its_writer_told(indexed: Home) -> None:
    segments(indexed.log)[-1].unlink()
    with pytest.raises(LogCorrupt, match="the end of the log was removed"):
        LogIndex(indexed)
    (indexed.log / NAME).unlink()
    with closing(LogIndex(indexed)) as index:
        same(index, indexed)


@settings(max_examples=200, deadline=None)
@given(word=words, key=words)
def test_what_a_line_belongs_to_is_found_without_decoding_it(word: str, key: str) -> None:
    event = SettingsRead(origin=key, settings={"correlation": key})
    stamp = WorkStamp(key=key, attempt=1)
    for correlation in (word, None):
        recorded = AnyRecorded(1, "t", "i", event, correlation=correlation, work=stamp)
        found = correlation_of(encode(recorded) + b"\n")
        if correlation is not None:
            assert found == msgspec.json.encode(word)[1:-1]


def test_places_that_are_beyond_the_end_have_no_event(home: Home) -> None:
    write(home, many(3))
    assert set(events_at(home, [1, 4, 5, 900])) == {1, 4}
    assert events_at(home, []) == {}
