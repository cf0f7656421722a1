"""A pipe under the name of a file of ours is named and not waited for, whoever opens it."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from events.identity import digest_of
from store.blobs import Blobs
from store.decisions import append_decision, decide, read_decisions
from store.durable import Disk, NoFileError, in_the_way, open_file
from store.home import Home
from store.log.append import LogWriter
from store.log.lock import HomeUnwritable
from store.log.read import read_events
from store.log.segments import segments
from store.packs.files import packs
from store.replay import rebuild
from store.verify import verify_home

SOON = 5
"""Seconds within which a call that waits for nobody ends."""


@pytest.fixture(autouse=True)
def _nobody_waits() -> Iterator[None]:
    def late(*_: object) -> None:
        raise AssertionError("it waits for somebody to open the other end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SOON)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def piped(path: Path) -> Path:
    """The path, at which a pipe stands from now on."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    return path


async def begin(home: Home) -> None:
    async with LogWriter.open(home) as writer:
        await writer.keep({digest_of(b"some"): b"some"})


def test_a_pipe_in_place_of_what_the_writer_told_is_named_by_readers_and_writers(home: Home) -> None:
    path = piped(home.log / "head")
    for read in (lambda: list(read_events(home)), lambda: verify_home(home), lambda: rebuild(home)):
        with pytest.raises(NoFileError) as error:
            read()
        assert in_the_way(error.value) == (
            f"{path} is a pipe, a socket or a device where a file is due: move it elsewhere"
        )
    with pytest.raises(HomeUnwritable, match=f"{re.escape(str(path))} is a pipe.*move it elsewhere"):
        anyio.run(begin, home)


def test_a_pipe_in_place_of_the_lock_refuses_a_writer_and_no_reader(home: Home) -> None:
    path = piped(home.log / "lock")
    with pytest.raises(HomeUnwritable, match=f"{re.escape(str(path))} is a pipe"):
        anyio.run(begin, home)
    assert verify_home(home)[0].ok


def test_a_pipe_in_place_of_a_segment_is_a_missing_segment_and_a_strange_file(home: Home) -> None:
    path = piped(segments(home.log)[-1])
    assert {one.segment for one in verify_home(home)[0].problems} >= {path.name}


def test_a_pipe_in_place_of_the_decisions_is_named(home: Home) -> None:
    path = piped(home.gate_decisions)
    decision = decide(seq=1, head="", data="", is_open=False, reasons=())
    for ask in (lambda: read_decisions(home), lambda: append_decision(home, decision)):
        with pytest.raises(NoFileError, match=re.escape(str(path))):
            ask()


def test_a_pipe_in_place_of_a_pack_or_its_sidecar_is_named(home: Home) -> None:
    anyio.run(begin, home)
    (pack,) = packs(home.blobs).values()
    for path in (pack.with_suffix(".index"), pack):
        piped(path)
        with pytest.raises(NoFileError, match=re.escape(str(path))):
            Blobs(home).digests()


def test_a_pipe_in_place_of_a_snapshot_or_an_index_costs_no_more_than_the_cache(home: Home) -> None:
    rebuild(home, keep=True)
    due = rebuild(home, cached=False).digests()
    for path in (*home.snapshots.rglob("*.snapshot"), *(home.log / "index").glob("*.idx")):
        piped(path)
    assert rebuild(home).digests() == due


@pytest.mark.parametrize("flags", [os.O_WRONLY, os.O_WRONLY | os.O_APPEND | os.O_CREAT, os.O_RDWR])
def test_no_pipe_is_opened_to_be_written_to(tmp_path: Path, flags: int) -> None:
    path = piped(tmp_path / "pipe")
    with pytest.raises(NoFileError, match=re.escape(str(path))):
        Disk().open(path, flags)


def test_a_device_is_no_file_and_a_folder_is_named_as_one() -> None:
    with pytest.raises(NoFileError, match="/dev/null"):
        open_file(Path("/dev/null"))
    with pytest.raises(IsADirectoryError, match="/dev"):
        open_file(Path("/dev"))
