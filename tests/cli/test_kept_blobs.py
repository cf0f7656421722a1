"""What becomes of a home whose blobs are gone, spoiled, of no use, or of an earlier version."""

import re
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from store.blobs import Blobs, BlobWriter
from store.home import Home
from tests.cli.program import LOCAL, Program
from tests.store.packs.disks import flipped, named, noise


@pytest.fixture
def pack(copy: Program) -> Path:
    """The one pack of a finished home."""
    (found,) = (copy.home / "blobs").glob("*.pack")
    return found


def test_the_blobs_of_a_finished_home_are_whole(copy: Program, pack: Path) -> None:
    found = copy.json("log", "verify")
    assert (found["ok"], found["blobs"]["ok"], found["blobs"]["packs"]) == (True, True, 1)
    assert found["blobs"]["blobs"] == len(Blobs(Home(copy.home)).digests()) >= 2
    assert found["blobs"]["missing"] == found["blobs"]["damaged"] == found["blobs"]["orphans"] == []
    assert "blobs in 1 packs hold, 0 problems" in copy.run("log", "verify").said


def test_a_spoiled_table_is_named_and_naming_its_file_again_heals_the_home(
    copy: Program, pack: Path, data: Path
) -> None:
    pack.write_bytes(flipped(pack.read_bytes(), 8 * 100))
    said = copy.run("log", "verify", code=1).said
    assert re.search(r"00000001\.pack, bytes 0 to \d+: the bytes are not those of blob [0-9a-f]{32}", said)
    assert copy.json("gate", code=1)["reasons"][0]["rule"] == "blobs_whole"
    copy.run("generate", data, "--all", *LOCAL, "--questions", 1, "--seed", 7)
    assert "the log needs nothing of it" in copy.run("log", "verify").said


def test_a_pack_that_is_gone_is_told_by_what_is_missing(copy: Program, pack: Path) -> None:
    kept = Blobs(Home(copy.home)).digests()
    pack.unlink()
    found = copy.json("log", "verify", code=1)
    assert (found["ok"], found["problems"]) == (False, [])
    assert found["blobs"]["missing"] == sorted(kept)
    assert f"blob {min(kept)}: missing" in copy.run("log", "verify", code=1).said


def test_what_no_event_names_is_told_and_no_fault(copy: Program, pack: Path) -> None:
    with closing(BlobWriter(Home(copy.home))) as writer:
        writer.put_all(named(b"orphan"))
    found = copy.json("log", "verify")
    assert (found["ok"], found["blobs"]["orphans"]) == (True, list(named(b"orphan")))
    assert "named by no event: no fault" in copy.run("log", "verify").said


def test_much_that_no_event_names_is_dropped_before_work_begins(copy: Program, pack: Path) -> None:
    kept = Blobs(Home(copy.home)).digests()
    with closing(BlobWriter(Home(copy.home))) as writer:
        writer.put_all(named(noise(Random(1), 17 * 2**20)))
    told = copy.run("generate", "--all", *LOCAL, "--questions", 1, "--seed", 7).said
    assert "blobs: 1 dropped that the log does not name" in told
    assert not pack.exists()
    found = copy.json("log", "verify")
    assert (found["ok"], found["blobs"]["orphans"], found["blobs"]["damaged"]) == (True, [], [])
    assert Blobs(Home(copy.home)).digests() == kept


def test_blobs_beside_a_damaged_log_are_checked_for_soundness(copy: Program, pack: Path) -> None:
    log = copy.segment.read_bytes()
    copy.segment.write_bytes(flipped(log, 8 * 200))
    found = copy.json("log", "verify", code=1)
    assert (found["blobs"]["ok"], found["blobs"]["orphans"]) == (True, [])
    pack.write_bytes(flipped(pack.read_bytes(), 8 * 100))
    found = copy.json("log", "verify", code=1)
    assert (found["blobs"]["ok"], len(found["blobs"]["damaged"])) == (False, 1)


@pytest.mark.parametrize("command", [("log", "verify"), ("gate",), ("run", "--all", *LOCAL)], ids=" ".join)
def test_blobs_of_an_earlier_version_are_refused_in_words(
    command: tuple[str, ...], copy: Program, pack: Path
) -> None:
    (copy.home / "blobs" / "ab").mkdir()
    before = copy.digest()
    assert "move the home aside and run again" in copy.run(*command, code=2).said
    assert copy.digest() == before
