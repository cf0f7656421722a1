"""Where a log ends: what was told of its durable end is held against what is there, and a tear is told once."""

import json
from pathlib import Path

import anyio
import pytest
import xxhash

from events.wire import AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.lines import START, seal
from store.log.lock import HomeUnwritable
from store.log.published import NAME, published
from store.log.read import read_events
from store.log.segments import NoSpace
from store.log.verify import verify_log
from tests.store.log.conftest import clock, refused
from tests.store.log.damage import cuts, files_of, reading, refusal
from tests.store.log.disks import FailingDisk, QuickDisk

SEGMENT = "00000001.jsonl"


@pytest.fixture
def killed(home: Home, tmp_path: Path) -> Home:
    """A log of five events in three batches, with the head that its writer told before it was killed."""

    async def write() -> Home:
        async with LogWriter.open(home, clock=clock, disk=QuickDisk()) as writer:
            await writer.append([Draft(refused(1))])
            await writer.append([Draft(refused(2)), Draft(refused(3)), Draft(refused(4))])
            return copied(home, tmp_path / "killed")

    return anyio.run(write)


def copied(home: Home, folder: Path) -> Home:
    """The log as it stands, elsewhere: what a kill leaves."""
    copy = Home(folder)
    copy.log.mkdir(parents=True)
    for path in home.log.iterdir():
        (copy.log / path.name).write_bytes(path.read_bytes())
    return copy


def torn(home: Home, data: bytes) -> Home:
    """Have an unfinished batch at the end."""
    with (home.log / SEGMENT).open("ab") as file:
        file.write(data)
    return home


def reopened(home: Home, disk: QuickDisk | None = None) -> list[AnyRecorded]:
    """What is in the log after a writer opened it."""

    async def open_and_close() -> None:
        async with LogWriter.open(home, clock=clock, disk=disk or QuickDisk()):
            pass

    anyio.run(open_and_close)
    return list(read_events(home))


def told_by_the_dead(home: Home) -> None:
    """Have the head told by a process that is no more."""
    line = json.loads((home.log / NAME).read_bytes())
    head = json.dumps(line["head"] | {"pid": 2**22 + 1}, separators=(",", ":")).encode()
    digest = xxhash.xxh3_64_hexdigest(head).encode()
    (home.log / NAME).write_bytes(b'{"head":%s,"digest":"%s"}' % (head, digest))


@pytest.mark.parametrize("alive", [True, False])
@pytest.mark.parametrize("taken", [1, 40, 300, 700])
def test_what_was_told_to_be_durable_is_no_tear_when_it_is_gone(
    killed: Home, taken: int, alive: bool
) -> None:
    if not alive:
        told_by_the_dead(killed)
    data = (killed.log / SEGMENT).read_bytes()
    (killed.log / SEGMENT).write_bytes(data[:-taken])
    fault = refusal(killed)
    assert fault is not None
    assert files_of(killed) == {SEGMENT: data[:-taken]}, "nothing was changed"
    assert not list(killed.log.glob("*.torn"))
    assert reading(killed).fault is not None
    problem, *_ = verify_log(killed).problems
    assert not problem.torn
    assert problem.segment == fault.segment == SEGMENT
    assert problem.start <= len(data) - taken <= problem.end


@pytest.mark.parametrize("alive", [True, False])
def test_a_whole_batch_that_is_gone_is_known_by_what_was_told(killed: Home, alive: bool) -> None:
    if not alive:
        told_by_the_dead(killed)
    data = (killed.log / SEGMENT).read_bytes()
    (killed.log / SEGMENT).write_bytes(data[: data.index(b"\n", data.index(b"\t")) + 1])
    for what in (refusal(killed), reading(killed).fault):
        assert what is not None
        assert "events up to 5 were durable and are gone" in what.what
    (problem,) = verify_log(killed).problems
    assert "events up to 5 were durable and are gone" in problem.what


def test_behind_what_a_dead_writer_told_a_tear_is_a_tear(killed: Home) -> None:
    told_by_the_dead(killed)
    torn(killed, b'{"seq":6,"time"')
    assert [problem.torn for problem in verify_log(killed).problems] == [True]
    assert [recorded.seq for recorded in read_events(killed)] == [1, 2, 3, 4, 5]
    assert [recorded.seq for recorded in reopened(killed)] == [1, 2, 3, 4, 5, 6]
    assert [cut.size for cut in cuts(killed)] == [15]


def test_a_head_of_another_start_of_the_system_is_not_believed(
    killed: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.log.published._TRIES", 1)  # nobody is in the middle of overwriting it
    head = (killed.log / NAME).read_bytes()
    for at in range(len(head.rstrip())):
        for bit in range(8):
            (killed.log / NAME).write_bytes(head[:at] + bytes([head[at] ^ 1 << bit]) + head[at + 1 :])
            assert published(killed) is None, (at, bit)
    (killed.log / NAME).write_bytes(head)
    assert published(killed) is not None


@pytest.mark.parametrize("kind", ["write", "sync"])
def test_a_tear_that_was_cut_but_not_told_of_is_told_by_the_next(killed: Home, kind: str) -> None:
    torn(killed, b'{"seq":6,"time"')
    # The first is the copy that is set aside; the next is the batch that tells of it.
    failing = FailingDisk(kind, 2 if kind == "write" else 1, 5)
    with pytest.raises(Exception, match="Input/output error"):
        reopened(killed, failing)
    assert failing.failures == 1
    reopened(killed)
    (cut,) = cuts(killed)
    assert (killed.log / cut.kept).read_bytes() == b'{"seq":6,"time"'
    reopened(killed)
    assert len(cuts(killed)) == 1


def test_a_seal_does_not_hide_a_tear_that_was_not_told_of(killed: Home) -> None:
    torn(killed, b'{"seq":6,"time"')
    with pytest.raises(NoSpace):
        reopened(killed, FailingDisk("write", 2, 28))
    reopened(killed)
    assert len(cuts(killed)) == 1


@pytest.mark.parametrize("number", [5, 28])
@pytest.mark.parametrize("kind", ["write", "sync_all", "sync_folder"])
def test_a_tail_that_could_not_be_set_aside_leaves_nothing_half(killed: Home, kind: str, number: int) -> None:
    torn(killed, b'{"seq":6,"time"')
    before = files_of(killed)
    with pytest.raises((NoSpace, HomeUnwritable)):
        reopened(killed, FailingDisk(kind, 1, number, lasting=True))
    assert files_of(killed) == before
    assert {path.read_bytes() for path in killed.log.glob("*torn*")} <= {b'{"seq":6,"time"'}
    reopened(killed)
    assert [cut.kept for cut in cuts(killed)] == [path.name for path in killed.log.glob("*.torn")]


def test_every_tear_at_one_place_is_told_of(killed: Home) -> None:
    for tail in (b'{"seq":6', b'{"seq":6,"time"', b'{"seq":6'):
        torn(killed, tail)
        with pytest.raises(NoSpace):
            reopened(killed, FailingDisk("write", 2, 28))
    reopened(killed)
    assert [(cut.size, cut.kept.rpartition("torn")[2]) for cut in cuts(killed)] == [(8, ""), (15, ".2")]


def test_a_log_that_is_refused_keeps_its_torn_tail(killed: Home) -> None:
    (killed.log / NAME).unlink()
    data = (killed.log / SEGMENT).read_bytes()
    lines = data.replace(b'"HomeOpened","home":"', b'"DatasetRefused","path":"').splitlines(keepends=True)[0]
    lines = lines.replace(b'"version":"', b'"reason":"empty","detail":"')
    commit, _ = seal(START, 1, lines)
    torn_log = lines + commit + b'{"seq":2'
    (killed.log / SEGMENT).write_bytes(torn_log)
    fault = refusal(killed)
    assert fault is not None
    assert "does not begin with HomeOpened" in fault.what
    assert files_of(killed) == {SEGMENT: torn_log}
