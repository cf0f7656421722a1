"""Cells and values that no analysis has: each is told in words, and the session goes on, on every backend."""

from typing import Protocol

import pytest

from actors.workers.pool import Pool
from events.trace import CellResult

pytestmark = [pytest.mark.containers_later, pytest.mark.asyncio(loop_scope="module")]


class RunCells(Protocol):
    async def __call__(self, *codes: str) -> list[CellResult]: ...


SOURCES = {
    "half a pair": ("x = '\ud800'", "CellRefused"),
    "a null byte": ("x = 1\x00", "ValueError|SyntaxError"),
    "no syntax": ("x = = 1", "SyntaxError"),
    "ten megabytes": ("x = 1 #" + "x" * 10_000_000, "CellRefused"),
    "ten megabytes of statements": ("x = 1\n" * 1_700_000, "CellRefused"),
    "brackets": ("(" * 10_000 + ")" * 10_000, "SyntaxError"),
    "lists": ("[" * 10_000 + "]" * 10_000, "SyntaxError|MemoryError"),
    "signs": ("-" * 10_000 + "1", "RecursionError|MemoryError|SyntaxError"),
    "nots": ("not " * 10_000 + "1", "RecursionError|MemoryError|SyntaxError"),
    "a long sum": ("x = 1" + " + 1" * 20_000, "RecursionError|MemoryError"),
    "a long chain": ("x = df" + ".T" * 20_000, "RecursionError|MemoryError"),
    "a chain of lambdas": ("lambda: " * 10_000 + "1", "RecursionError|MemoryError|SyntaxError"),
    "indents": ("\n".join(" " * n + "if 1:" for n in range(200)) + "\n" + " " * 200 + "1", "IndentationError|SyntaxError"),
    "blocks": ("".join(" " * n + "for x in y:\n" for n in range(50)) + " " * 50 + "1", "SyntaxError"),
    "a huge number": ("x = " + "9" * 10_000, "SyntaxError|ValueError"),
    "a form feed and other spaces": ("\x0c\u00a0x = 1", "SyntaxError"),
    "an order of encoding": ("# coding: utf-16\nx = \u20ac", "SyntaxError"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
async def test_source_that_is_none_is_told_in_words(cells: RunCells, name: str) -> None:
    code, kinds = SOURCES[name]
    _, odd, after = await cells("kept = 41", code, "kept + 1")
    assert odd.error is not None
    assert odd.error.kind in kinds.split("|"), odd.error
    assert odd.end is None
    assert after.display == "42"


async def test_a_long_cell_of_a_hundred_kilobytes_runs(cells: RunCells) -> None:
    code = "\n".join(f"x{n} = {n}  # {'y' * 80}" for n in range(1100)) + "\nx1099"
    (result,) = await cells(code)
    assert len(code) > 100_000
    assert (result.error, result.display) == (None, "1099")


HOSTILE = """
import collections.abc, datetime, decimal
class Repr:
    def __repr__(self): raise SystemExit('no')
class NoText:
    def __repr__(self): return 7
class Long:
    def __repr__(self): return 'x' * 10**5
class Half:
    def __repr__(self): return chr(0xd800)
class Equal:
    __hash__ = None
    def __eq__(self, other): raise RuntimeError('eq')
    def __bool__(self): raise RuntimeError('bool')
class Reduce:
    def __reduce__(self): raise RuntimeError('reduce')
    __reduce_ex__ = __getstate__ = __reduce__
def lying(kind):
    class Lie:
        __class__ = property(lambda self: kind)
    return Lie()
class Raises:
    @property
    def __class__(self): raise RuntimeError('class')
class Negative(list):
    def __len__(self): return -1
class Huge(list):
    def __len__(self): return 2**62
class Endless(list):
    def __iter__(self):
        while True: yield 1
class Items(dict):
    def items(self): return [(1, 2, 3)]
class Text(str):
    def encode(self, *_): return b'\\xff\\xfe'
    def __str__(self): return 'other'
    def __len__(self): return -5
    def __getitem__(self, _): return object()
class Whole(int):
    def __float__(self): return float('nan')
    def __int__(self): return 'x'
    def __index__(self): raise RuntimeError('index')
    def __le__(self, _): raise RuntimeError('le')
    def __str__(self): return chr(0xd800)
class Real(float):
    def __float__(self): raise RuntimeError('float')
    def is_integer(self): return True
    def __int__(self): return 2**5000
    def __repr__(self): return 'not a number'
class Own:
    def tolist(self): return self
class Ever:
    def tolist(self): return [Ever()]
class Text2:
    def tolist(self): return Text('a')
class Day(datetime.date):
    def isoformat(self): return 7
class Moment:
    def isoformat(self): return chr(0xd800)
class Meta(type):
    @property
    def __module__(cls): raise RuntimeError('module')
class OfMeta(metaclass=Meta): pass
class Frame(pd.DataFrame):
    @property
    def iloc(self): raise RuntimeError('iloc')
class Map(collections.abc.Mapping):
    def __getitem__(self, key): return key
    def __iter__(self):
        n = 0
        while True:
            yield n
            n += 1
    def __len__(self): return 1
class Attr:
    def __getattr__(self, name): raise SystemExit(name)
cycle = []; cycle.append(cycle)
ring = {}; ring['r'] = ring
deep = 1
for _ in range(20_000): deep = [deep]
"""
VALUES = (
    "Repr()", "NoText()", "Long()", "Half()", "Equal()", "Reduce()", "Raises()", "Negative([1])", "Huge([1])", "Endless([1])",
    "Items(a=1)", "Text('a')", "Whole(3)", "Real(1.5)", "Own()", "Ever()", "Text2()", "Day(2020, 1, 1)", "Moment()",
    "OfMeta()", "Frame({'a': [1]})", "Map()", "Attr()", "cycle", "ring", "deep", "lying(dict)", "lying(str)", "lying(int)",
    "lying(float)", "lying(list)", "lying(pd.DataFrame)", "lying(bool)", "lying(datetime.date)", "[Text('a'), Whole(3), Real(1.5)]",
    "{Text('a'): Equal()}", "{'k': Raises()}", "np.array([Repr(), Equal()], dtype=object)", "pd.Series([Text('a'), Whole(1)])",
    "pd.DataFrame({'a': [Equal()], 'b': [Text('x')]})", "pd.DataFrame({Text('a'): [1]})", "decimal.Decimal('sNaN')", "3j",
    "iter([1])", "(n for n in range(3))", "type", "lambda: 1", "memoryview(b'x')", "b'\\xff'", "2**100_000", "'\\ud800'",
    "float('nan')", "np.float128(1) / 3", "np.datetime64('NaT')", "np.str_('\\ud800')", "pd.Categorical(['a', None])",
    "pd.Interval(0, 1)", "pd.array([1, None], dtype='Int64')", "np.ma.masked", "np.void(b'ab')", "slice(1)", "...", "NotImplemented",
)  # fmt: skip

SLOW = ("Endless([1])", "Map()")
"""They take as long as a cell may."""


@pytest.mark.parametrize(
    "value", [pytest.param(value, marks=pytest.mark.full) if value in SLOW else value for value in VALUES]
)
async def test_a_value_that_nobody_hooks_or_answers_harms_nothing(cells: RunCells, value: str) -> None:
    """It is an object without content, or what it claims to be, or an error of the cell: never the session's end."""
    told = await cells(
        HOSTILE + "kept = 41",
        f"given = {value}\nNone",
        "hook(given, 'given', name='given')",
        "submit(given)",
        "given",
        "print(given)",
        "raise ValueError(given)",
        "kept + 1",
    )
    assert [result.end for result in told] == [None] * len(told), told
    assert told[1].error is None
    assert told[-1].display == "42"


LARGE = (
    "np.ones(130_000_000)", "'x' * 10**9", "bytearray(10**9)", "list(range(10**8))", "pd.DataFrame({'a': np.ones(10**8)})",
    "{n: n for n in range(10**8)}", "['x' * 1000] * 10**6", "[[0] * 1000] * 10**6", "'x' * 50_000_000", "[0] * 3_000_000",
)  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("value", LARGE)
async def test_a_value_of_a_gigabyte_is_too_much_and_the_state_is_kept(cells: RunCells, value: str) -> None:
    told = await cells("kept = 41", f"hook({value}, 'x', name='x')", f"submit({value})", "kept + 1")
    assert [result.end for result in told] == [None] * len(told)
    for result in told[1:-1]:
        assert (
            result.error and result.error.kind in ("MemoryError", "_ArrayMemoryError", "CellTimeout")
        ) or (result.hooks or result.submission)
    assert told[-1].display == "42"


async def test_the_first_answer_counts_and_a_second_one_is_told_so(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        first = await session.run("submit(1)\nsubmit(2)\nx = 1")
        later = await session.run("submit(3)\nx + 1")
    assert first.submission is not None
    assert first.submission.answer == 1
    assert "first" in first.stderr
    assert later.submission is None
    assert (later.error, later.display) == (None, "2")
    assert "first" in later.stderr
