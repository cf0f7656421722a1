"""What docs/blobs.md says of numbers and tests is what they are."""

import re
from pathlib import Path

from actors.teaching.compression import INLINE
from store.packs.collect import LEAST_GARBAGE, LEAST_SHARE
from store.packs.files import PACK_BYTES
from store.packs.record import DIGEST_BYTES, HEADER_BYTES, MAGIC, packed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "blobs.md").read_text("utf-8")
TOLD = " ".join(PAGE.split())


def test_the_sizes_are_those_of_the_code() -> None:
    assert f"longer than {INLINE // 1024} KiB" in TOLD
    assert f"has reached {PACK_BYTES // 2**20} MiB" in TOLD
    assert f"A record is a header of {HEADER_BYTES} bytes" in TOLD
    assert LEAST_SHARE == 1 / 4
    assert f"more than {LEAST_GARBAGE // 2**20} MiB and more than a quarter" in TOLD


def test_a_header_lies_as_the_table_says() -> None:
    ranges = [(int(first), int(last) + 1) for first, last in re.findall(r"^\| (\d+)-(\d+) \|", PAGE, re.M)]
    assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert ranges[-1][1] == HEADER_BYTES
    name = bytes(range(DIGEST_BYTES))
    record, frame = packed(name, b"raw", 7)
    magic, digest, place, raw, stored, _, _ = (record.header()[start:end] for start, end in ranges)
    assert f"`{magic.hex(' ')}`" in PAGE
    assert (magic, digest) == (MAGIC, name)
    assert [int.from_bytes(one, "little") for one in (place, raw, stored)] == [7, 3, len(frame)]


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert len(named) >= 6
    assert [path for path in named if not (ROOT / path).is_file()] == []
