"""The identity of values: what has one digest, what is close, and how large a value can get in the log."""

import math
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from events.envelope import Recorded
from events.trace import AttemptEnded, CellResult, Executed, HookRaised
from events.values import SHOWN_ITEMS, Value, close, value_of
from events.wire import AnyRecorded, decode, encode
from tests.events.likeness import digest, near, same
from tests.history import attempt, question

ROOT = Path(__file__).parents[2]
MOST_BYTES = SHOWN_ITEMS * 1024
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates(), st.datetimes()
)
KEYS = st.one_of(st.booleans(), st.integers(), st.text(max_size=6))
VALUES: st.SearchStrategy[object] = st.recursive(
    SCALARS | st.frozensets(st.integers() | st.text(max_size=4), max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(WHOLE)
def test_a_whole_number_is_one_value_whatever_its_type(number: int) -> None:
    alike = [number, float(number), np.int64(number), np.float64(number)]
    assert all(same(number, other) for other in alike)


@given(st.floats(allow_nan=False))
def test_a_number_and_the_integer_equal_to_it_are_one_value(number: float) -> None:
    assert same(number, np.float64(number))
    assert not math.isfinite(number) or not number.is_integer() or same(number, int(number))


@given(st.integers(), st.integers())
def test_integers_have_one_digest_exactly_when_they_are_equal(left: int, right: int) -> None:
    assert (digest(left) == digest(right)) == (left == right)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_floats_have_one_digest_exactly_when_they_are_equal(left: float, right: float) -> None:
    assert (digest(left) == digest(right)) == (left == right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (0.0, -0.0),
        (True, np.True_),
        ("a", np.str_("a")),
        (2**60, 2.0**60),
        (np.float32(0.5), 0.5),
        (np.uint8(7), 7),
        ((1, 2), [1.0, 2.0]),
        (np.array([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        (pd.Index([1, 2]), [1, 2]),
        (np.array(5), 5),
        ({1: "a"}, pd.Series(["a"], index=[1])),
        (date(2020, 5, 1), pd.Timestamp("2020-05-01")),
        (pd.Timestamp("2020-05-01 12:30"), np.datetime64("2020-05-01T12:30:00.000000000")),
        (timedelta(seconds=90), pd.Timedelta("90s")),
        ({1, 2, 3}, frozenset({3.0, 2.0, 1.0})),
        (pd.Categorical(["a", "b"]), ["a", "b"]),
    ],
)
def test_what_a_person_reads_the_same_is_one_value(left: object, right: object) -> None:
    assert same(left, right)


def test_every_marker_of_no_value_is_the_one_missing_value() -> None:
    quiet = struct.unpack("d", struct.pack("Q", 0xFFF8000000000123))[0]
    for missing in (
        math.nan,
        -math.nan,
        quiet,
        np.nan,
        np.float32("nan"),
        pd.NaT,
        pd.NA,
        np.datetime64("NaT"),
    ):
        assert same(None, missing)
        assert value_of(missing).kind == "missing"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (False, 0),
        ("1", 1),
        ("", None),
        ("None", None),
        (0, None),
        ([1, 2], [2, 1]),
        ([1, 2], {1, 2}),
        ([1], 1),
        ([], {}),
        ([], ""),
        ([None], []),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"b": 1}),
        ({1: "a"}, {"1": "a"}),
        (["number", "1"], 1),
        (["number", "x"], ["number", "y"]),
        ([["number", "1"]], [1]),
        (["sequence", [1]], [1]),
        (math.inf, -math.inf),
        (math.inf, 1.7e308),
        (10**400, 10**401),
        (10**5000, 10**5000 + 1),
        (10**400, math.inf),
        ("a" * 300 + "x", "a" * 300 + "y"),
        (["a" * 300 + "x"], ["a" * 300 + "y"]),
        ({"a" * 300 + "x": 1}, {"a" * 300 + "y": 1}),
        ([10**3000 + 1], [10**3000 + 2]),
        (date(2020, 5, 1), date(2020, 5, 2)),
        (pd.Series(pd.to_datetime(["2020-01-01"])), pd.Series(pd.to_datetime(["2020-01-02"]))),
        (pd.Interval(0, 1), pd.Interval(0, 2)),
        (np.complex128(1 + 2j), 1),
        ([0] * 100 + [1], [0] * 100 + [2]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_differs_has_another_digest_and_is_not_close(left: object, right: object) -> None:
    assert digest(left) != digest(right)
    assert not near(left, right)


@given(st.dictionaries(KEYS, SCALARS, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_a_mapping_does_not_count(mapping: dict[object, object], rng: Any) -> None:
    pairs = list(mapping.items())
    rng.shuffle(pairs)
    assert same(mapping, dict(pairs))


@given(st.lists(st.integers(), min_size=2, max_size=6, unique=True))
def test_the_order_of_a_list_counts(items: list[int]) -> None:
    assert digest(items) != digest(items[::-1])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=6))
def test_a_series_with_repeated_keys_keeps_every_row(rows: list[tuple[str, int]]) -> None:
    series = pd.Series([number for _, number in rows], index=[key for key, _ in rows], dtype="int64")
    assert value_of(series).size == len(rows)
    longer = pd.concat([series, series.iloc[:1]])
    assert not rows or digest(longer) != digest(series)


@given(VALUES)
def test_close_is_reflexive_and_stays_so_through_the_log(value: object) -> None:
    told = value_of(value)
    assert close(told, told)
    again = through_the_log(told)
    assert close(told, again)
    assert again.digest == told.digest


@given(VALUES, VALUES)
def test_close_is_symmetric(left: object, right: object) -> None:
    assert near(left, right) == near(right, left)


@given(st.lists(st.floats(-1e6, 1e6).filter(lambda number: abs(number) > 1e-3), min_size=1, max_size=20))
def test_close_tolerates_the_last_bits_and_nothing_a_person_would_see(numbers: list[float]) -> None:
    little, much = [[number * (1 + share) for number in numbers] for share in (1e-10, 1e-6)]
    keys = [f"k{place}" for place in range(len(numbers))]
    makes: list[Callable[[list[float]], object]] = [
        lambda given: given,
        lambda given: given[0],
        lambda given: dict(zip(keys, given, strict=True)),
        lambda given: [given[:3], "text"],
        lambda given: pd.DataFrame({"a": given[:1], "b": ["text"]}),
    ]
    for make in makes:
        assert near(make(numbers), make(little))
        assert not near(make(numbers), make(much))


def test_the_last_bits_do_not_move_an_item_of_a_set_or_mapping() -> None:
    assert near({9.999999999999998, 10.5}, {10.0, 10.5})
    assert near({9.999999999999998: "a", 10.5: "b"}, {10.0: "a", 10.5: "b"})


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_value_has_one_digest_in_every_process(hash_seed: str) -> None:
    source = "{'names': {'b', 'a', 'c', 'd'}, 'other': frozenset({2, 'x', 1.5})}"
    code = f"from events.values import value_of; print(value_of({source}).digest)"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == digest(eval(source))


def test_what_has_no_content_matches_nothing_also_inside_a_collection() -> None:
    for opaque in (object(), print, 1 + 2j, b"bytes", iter([])):
        for holder in (opaque, [opaque], {"a": opaque}, [[1, {"a": opaque}]], pd.DataFrame({"a": [opaque]})):
            assert value_of(holder).kind == "object"
            assert not near(holder, holder)


@pytest.mark.parametrize(
    "value",
    [
        "ü" * 10**6,
        ["é" * 10**4] * 1000,
        list(range(10**5)),
        {f"key {'k' * 1000} {number}": "v" * 1000 for number in range(200)},
        {number: [list(range(100))] for number in range(200)},
        10**4000,
        10**20_000,
        [10**4000] * 100,
        set(range(10**4)),
        pd.DataFrame(np.zeros((3, 500)), columns=["n" * 5000 + str(number) for number in range(500)]),
        pd.DataFrame({"a": np.arange(10**5), "b": "text"}),
        pd.Series(["s" * 5000] * 300),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_huge_value_takes_little_room_in_the_log(value: object) -> None:
    told = value_of(value)
    assert len(msgspec.json.encode(told)) <= MOST_BYTES
    assert close(told, through_the_log(told))


def test_a_text_that_is_no_unicode_has_a_value() -> None:
    assert value_of(["\ud800"]).kind == "sequence"


def through_the_log(value: Value) -> Value:
    """The value as it comes back after it was written in an event."""
    asked = question("d", "template", 0)
    result = CellResult(0, hooks=(HookRaised("x", "x = 1", value),))
    told = msgspec.structs.replace(
        attempt(asked, "gold", 0, None), executed=(Executed("c", result, "(no output)"),)
    )
    recorded: AnyRecorded = Recorded(1, "2026-01-01T00:00:00.000000+00:00", "i", told)
    again = decode(encode(recorded)).event
    assert isinstance(again, AttemptEnded)
    return again.executed[0].result.hooks[0].value
