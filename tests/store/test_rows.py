"""Rows that stay as they were kept until somebody asks for one."""

from dataclasses import dataclass, field

import msgspec
import pytest

from events.runtime import WorkParked
from store.projections.rows import Rows, packed, unpacked


def parked(key: str) -> WorkParked:
    return WorkParked(key, "gone")


@dataclass
class Model:
    rows: Rows[WorkParked] = field(default_factory=lambda: Rows(WorkParked))
    counts: dict[str, int] = field(default_factory=dict)


def kept(*keys: str) -> Rows[WorkParked]:
    rows = Rows(WorkParked, {key: parked(key) for key in keys})
    return unpacked(packed(Model(rows)), Model).rows


def test_a_model_is_the_same_after_it_was_packed() -> None:
    model = Model(Rows(WorkParked, {"b": parked("b"), "a": parked("a")}), {"x": 2**80})
    again = unpacked(packed(model), Model)
    assert again == model
    assert list(again.rows) == ["b", "a"]
    assert again.rows["b"] == parked("b")


def test_what_comes_after_stands_over_what_was_kept_and_behind_it_in_order() -> None:
    rows = kept("b", "a", "c")
    rows["a"] = parked("new")
    rows["d"] = parked("d")
    del rows["b"]
    assert list(rows) == ["a", "c", "d"]
    assert [row.key for row in rows.values()] == ["new", "c", "d"]
    assert "b" not in rows
    assert len(rows) == 3


def test_what_came_before_the_kept_rows_were_opened_stays_over_them() -> None:
    rows = kept("b", "a", "c")
    new = parked("new")
    rows["a"] = new
    assert rows["c"] == parked("c")
    assert rows["a"] == new
    assert unpacked(packed(Model(rows)), Model).rows["a"] == new


def test_rows_half_read_and_half_new_are_kept_whole() -> None:
    rows = kept("b", "a", "c")
    assert rows["a"] == parked("a")
    rows["d"] = parked("d")
    again = unpacked(packed(Model(rows)), Model).rows
    assert again == rows
    assert list(again) == ["b", "a", "c", "d"]


def test_a_row_that_was_removed_does_not_come_back_when_the_others_are_asked_for() -> None:
    rows = kept("b", "a")
    del rows["b"]
    assert rows["a"] == parked("a")
    assert rows.get("b") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        msgspec.msgpack.encode({"rows": b""}),
        msgspec.msgpack.encode({"rows": b"", "counts": b"", "more": b""}),
        msgspec.msgpack.encode({"rows": 1, "counts": 1}),
    ],
)
def test_bytes_of_no_such_model_are_refused(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        unpacked(data, Model)
