"""Of a long output the beginning and the end are kept, what tells something in between, and a digest of all."""

import ast

import pytest

from actors.teaching.compression import BUDGETS, view
from events.frames import Limits
from events.identity import digest_of
from events.trace import CellResult
from tests.contracts.conftest import RunCells

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

DEFINED = """\
import hashlib, io, sys, traceback
def mean(name):
    return df[name].mean()
def whole(text):
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), len(text.split('\\n')) - 1
"""
AN_ERROR_AMONG_5000_LINES = """\
out = io.StringIO()
for n in range(2500):
    print('row', n, n * n, file=out)
print('=== results ===', file=out)
try:
    mean('no such column')
except KeyError:
    traceback.print_exc(file=out)
print('[344 rows x 17 columns]', file=out)
for n in range(2500, 5000):
    print('row', n, n * n, file=out)
for line in out.getvalue().splitlines(keepends=True):
    sys.stdout.write(line)
whole(out.getvalue())
"""
"""What is printed is gathered first, so that the cell can give its digest as it is computed by others."""


@pytest.fixture(scope="module")
def limits() -> Limits:
    """Those that are in force."""
    return Limits()


async def test_an_error_among_5000_lines_is_seen_with_its_frames_and_the_digest_of_all(
    cells: RunCells,
) -> None:
    _, result = await cells(DEFINED, AN_ERROR_AMONG_5000_LINES)
    digest, lines = told(result)
    shown = view(result, None)
    assert lines > 5000
    for matters in (
        "KeyError: 'no such column'",
        'File "<cell 1>", line 6, in <module>',
        'File "<cell 0>", line 3, in mean',
        "[344 rows x 17 columns]",
        "=== results ===",
        "row 0 0\n",
        "row 4999 24990001\n",
        f" of {lines:,} lines, ",
        f"digest of the whole: {digest}]",
    ):
        assert matters in shown
    stdout, _ = shown.removeprefix("stdout:\n").split(f"\n[cut: {result.stdout_cut} characters never kept]\n")
    assert BUDGETS["stdout"].holds(stdout)


@pytest.mark.parametrize(
    "printed",
    [
        "'x' * 300_000",
        "'\\n' * 300_000",
        "'\\x00é' * 30_000",
        "''.join(f'UserWarning: {n}\\n' for n in range(9_000)) + 'ValueError: no\\n' + 'y\\n' * 30_000",
    ],
    ids=["a line without end", "empty lines", "NULs", "warnings"],
)
async def test_what_is_kept_is_bounded_and_the_whole_is_told(cells: RunCells, printed: str) -> None:
    """Where a write ends, a character need not."""
    _, result = await cells(
        DEFINED,
        f"text = {printed}\n"
        "data = text.encode()\n"
        "for at in range(0, len(data), 1001):\n"
        "    sys.stdout.buffer.write(data[at:at + 1001])\n"
        "whole(text)",
    )
    text = eval(printed)
    assert result.stdout_whole is not None
    assert result.stdout_whole.digest == told(result)[0] == digest_of(text.encode())
    assert result.stdout_whole.bytes == len(text.encode())
    assert result.stdout_cut + Limits().output_chars >= len(text)
    assert len(result.stdout) < Limits().output_chars + 2000
    assert ("ValueError: no\n" in result.stdout) is ("ValueError" in text)


async def test_bytes_that_are_no_text_are_replaced_and_do_not_reach_the_next_cell(cells: RunCells) -> None:
    first, second = await cells(
        "import sys\nsys.stdout.buffer.write(b'a\\xffb\\xc3')\nNone",
        "sys.stdout.buffer.write(b'\\xa9c')\nNone",
    )
    assert first.stdout == "a\ufffdb\ufffd"
    assert second.stdout == "\ufffdc"


def told(result: CellResult) -> tuple[str, int]:
    digest, lines = ast.literal_eval(result.display or "")
    return digest, lines
