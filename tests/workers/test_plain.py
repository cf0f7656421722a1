import datetime as dt
import decimal
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from actors.workers.sandbox.plain import submission_of
from events.identity import canonical_json, digest_of

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_plain_values_stay_what_they_are(value: Any) -> None:
    submission = submission_of(value)
    if not submission.problem:
        assert submission.digest == digest_of(canonical_json(submission.answer))
        json.dumps(submission.answer).encode()


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (math.nan, None),
        (-math.inf, None),
        (pd.NA, None),
        (pd.NaT, None),
        (2**70 + 1, 2**70 + 1),
        (pd.Interval(1, 2), [1, 2]),
        (pd.Period("2020-05"), "2020-05"),
        (pd.DataFrame({"a": [1], "b": [np.nan]}), [{"a": 1, "b": None}]),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="k")), [{"k": "x", "a": 1}]),
        ((1, 2.0), [1, 2.0]),
        ({"b", "a"}, ["a", "b"]),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (pd.Series([1, 2], index=["x", "y"]), [1, 2]),
        (pd.Index(["x"]), ["x"]),
        (pd.Timestamp("2020-01-02"), "2020-01-02T00:00:00"),
        (dt.date(2020, 1, 2), "2020-01-02"),
        ({1: np.float32(0.5), "x": None}, {"1": 0.5, "x": None}),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_wrappers_are_taken_off(value: Any, answer: Any) -> None:
    submission = submission_of(value)
    assert (submission.answer, submission.problem) == (answer, "")
    assert type(submission.answer) is type(answer)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns"),
        (pd.DataFrame({1: [1], "1": [2]}), "two columns"),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="a")), "two columns"),
        (object(), "builtins.object"),
        (10**400, "larger than every float"),
        ([1, -(10**5000)], "larger than every float"),
        (decimal.Decimal(1), "Decimal"),
        ({1: 0, "1": 0}, "two keys"),
        (["x" * 300_000], "larger"),
    ],
)
def test_what_is_no_answer_is_null_with_the_reason(value: Any, part: str) -> None:
    submission = submission_of(value)
    assert submission.answer is None
    assert part in submission.problem


def test_a_list_that_holds_itself_is_no_answer() -> None:
    knot: list[Any] = []
    knot.append(knot)
    assert "nested deeper" in submission_of(knot).problem
