"""A segment that is compressed is found under its new name, and goes only for one that reads the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from store.durable import Disk
from store.home import Home
from store.log import scan as scan_module
from store.log.append import Draft, LogWriter
from store.log.closing import compress_segment
from store.log.compressed import SegmentDamaged
from store.log.read import read_events
from store.log.segments import compressed as compressed_name, is_compressed, segments
from tests.store.log.conftest import refused, segment_bytes_of
from tests.store.log.disks import QuickDisk


@pytest.mark.parametrize("compressed", [1, 3])
async def test_a_reader_goes_on_when_a_segment_is_compressed_under_its_hands(
    compressed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    async with LogWriter.open(home, segment_bytes=1000, compress=False) as writer:
        for number in range(30):
            await writer.append([Draft(refused(number))])
        listed = segments(home.log)
        assert len(listed) > compressed
        expected = list(read_events(home))
        for path in listed[:compressed]:
            compress_segment(path, Disk())
        assert sum(map(is_compressed, segments(home.log))) == compressed
        monkeypatch.setattr(scan_module, "segments", lambda _: listed)
        assert list(read_events(home)) == expected


async def test_a_segment_that_is_gone_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    async with LogWriter.open(home, segment_bytes=1000, compress=False) as writer:
        for number in range(30):
            await writer.append([Draft(refused(number))])
        listed = segments(home.log)
        listed[1].unlink()
        monkeypatch.setattr(scan_module, "segments", lambda _: listed)
        with pytest.raises(FileNotFoundError):
            list(read_events(home))


class Lying(QuickDisk):
    """Writes other bytes than it was given, and says nothing."""

    def __init__(self, at: int, other: Callable[[bytes], bytes]) -> None:
        self._at = at
        self._other = other

    def write(self, descriptor: int, data: bytes) -> None:
        """One byte of all that is written is another, or the rest is missing."""
        at, self._at = self._at, self._at - len(data)
        if 0 <= at < len(data):
            data = data[:at] + self._other(data[at:])
        super().write(descriptor, data)


@pytest.mark.parametrize("other", ["a bit", "a block", "shorter"])
async def test_what_a_disk_wrote_otherwise_than_it_was_given_takes_no_segments_place(
    other: str, tmp_path: Path
) -> None:
    others: dict[str, Callable[[bytes], bytes]] = {
        "a bit": lambda data: bytes([data[0] ^ 4]) + data[1:],
        "a block": lambda data: bytes(255 - one for one in data[:64]) + data[64:],
        "shorter": lambda data: data[1:],
    }
    home = Home(tmp_path / "home")
    async with LogWriter.open(home, segment_bytes=3000, compress=False, disk=QuickDisk()) as writer:
        for number in range(30):
            await writer.append([Draft(refused(number))])
        first, stood, events = segments(home.log)[0], segment_bytes_of(home), list(read_events(home))
        compress_segment(first, QuickDisk())
        size = compressed_name(first).stat().st_size
        compressed_name(first).unlink()
        first.write_bytes(stood[first.name])
        before = sorted(home.log.iterdir())
        for at in range(0, size, max(1, size // 60)):
            with pytest.raises(SegmentDamaged):
                compress_segment(first, Lying(at, others[other]))
            assert sorted(home.log.iterdir()) == before, "the plain one stands, and nothing beside it"
            assert segment_bytes_of(home) == stood
        assert list(read_events(home)) == events
