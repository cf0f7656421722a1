"""The identity of tables: every cell, name and label counts, the dtype of equal cells does not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from events.values import value_of
from tests.events.likeness import digest, near, same

FRAME = pd.DataFrame({"mass": [1.5, 2.0, 4.0], "count": [1, 2, 3], "who": ["a", "b", "c"]})


def _cell(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(mass=[1.5, 2.0, 4.5])


CHANGES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "a number": _cell,
    "a text": lambda frame: frame.assign(who=["a", "b", "d"]),
    "two numbers exchanged": lambda frame: frame.assign(mass=[2.0, 1.5, 4.0]),
    "a missing number": lambda frame: frame.assign(mass=[1.5, np.nan, 6.0]),
    "zero for a missing number": lambda frame: frame.assign(mass=[1.5, 6.0, 0.0]),
    "a column's name": lambda frame: frame.rename(columns={"mass": "weight"}),
    "the order of columns": lambda frame: frame[["count", "mass", "who"]],
    "a row label": lambda frame: frame.set_axis([0, 1, 7]),
    "the type of the row labels": lambda frame: frame.set_axis(["0", "1", "2"]),
    "the order of rows": lambda frame: frame.iloc[::-1],
    "a row less": lambda frame: frame.iloc[:2],
    "a row more": lambda frame: pd.concat([frame, frame.iloc[:1]]),
    "texts for numbers": lambda frame: frame.assign(count=["1", "2", "3"]),
    "flags for numbers": lambda frame: frame.assign(count=[True, False, True]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_table_is_another_value(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    changed = change(FRAME.copy())
    assert digest(changed) != digest(FRAME)
    assert not near(changed, FRAME)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, 2, 3], [1.0, 2.0, 3.0]),
        ([0.0], [-0.0]),
        ([2**60], [2.0**60]),
        (np.array([1, 2], dtype="int8"), np.array([1.0, 2.0], dtype="float32")),
        (pd.array([1, None], dtype="Int64"), [1.0, np.nan]),
        ([None, "a"], [np.nan, "a"]),
        (["a", "b"], pd.Categorical(["a", "b"])),
    ],
)
def test_the_dtype_of_equal_cells_does_not_count(left: Any, right: Any) -> None:
    assert same(pd.DataFrame({"a": left}), pd.DataFrame({"a": right}))


def test_integers_that_no_float_holds_are_told_apart_in_a_table() -> None:
    assert digest(pd.DataFrame({"a": [2**53]})) != digest(pd.DataFrame({"a": [2**53 + 1]}))


def test_a_table_is_not_changed_by_being_looked_at() -> None:
    frame = pd.DataFrame({"a": [-0.0, np.nan, 1.0], "b": [1, 2, 3]})
    before = frame.copy()
    value_of(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert np.signbit(frame["a"].iloc[0])
