"""What docs/compression.md says of budgets, numbers and tests is what they are."""

import re
from pathlib import Path

from actors.teaching.abridging import LINE_BYTES, REPEATS, TELLING_BYTES, UNRANKED_SHARE
from actors.teaching.compression import BUDGETS, INLINE
from actors.teaching.excerpt import LONGEST_PERIOD
from actors.teaching.ranking import LEAST_ROWS
from actors.workers.sandbox.faults import MAX_FRAMES, MAX_MESSAGE
from actors.workers.sandbox.keeping import LONGEST, MAX_GAPS, SEARCHED, SEARCHED_LINES
from benchmarks.outputs import CELLS, made
from events.frames import Limits

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compression.md").read_text("utf-8")
TOLD = " ".join(PAGE.split())
COUNTS = {10: "ten", 15: "fifteen"}


def test_the_budgets_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| (\d+) \|", PAGE, re.MULTILINE)
    assert {part: (int(size.replace(",", "")), int(lines)) for part, size, lines in rows} == BUDGETS


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"up to {Limits().output_chars:,} characters each" in TOLD
    assert f"among the first {SEARCHED_LINES:,} lines or {SEARCHED:,} characters" in TOLD
    assert f"{LONGEST:,} characters of each, in at most {MAX_GAPS} places" in TOLD
    assert f"up to {INLINE // 1024} KiB together" in TOLD
    assert f"up to {MAX_MESSAGE:,} characters, at most {MAX_FRAMES} frames" in TOLD
    assert REPEATS == 3
    assert f"a block of up to {LONGEST_PERIOD} lines" in TOLD
    assert f"({LEAST_ROWS} and more lines of one width" in TOLD
    assert f"A line of more than {LINE_BYTES} bytes keeps the first {LINE_BYTES * 2 // 3}" in TOLD
    assert f"keeps {TELLING_BYTES:,}" in TOLD
    assert f"in at most {1 - UNRANKED_SHARE:.0%} of the budget" in TOLD
    assert f"runs {COUNTS[len(CELLS)]} cells" in TOLD
    assert f"makes {COUNTS[len([*made()])]} hard outputs" in TOLD


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[^`]+)`", PAGE)
    assert len(named) >= 4
    assert [path for path in named if not (ROOT / path).is_file()] == []
