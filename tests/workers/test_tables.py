"""The tables that the program inside the wall keeps."""

import pytest

from actors.workers.sandbox.tables import Tables
from events.dataset import ReaderSettings
from events.frames import Dropped, Load, Loaded

READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())
ROWS = 1000
CSV = b"a,b\n" + b"".join(b"%d,%d.5\n" % (row, row) for row in range(ROWS))


def load(chunk: bytes, *, last: bool = True, room: int = 0) -> Load:
    return Load("d", READER, chunk, last, room)


def test_a_table_in_pieces_is_kept_whole_and_its_memory_told() -> None:
    tables = Tables()
    assert tables.take(load(CSV[:100], last=False)) is None
    answer = tables.take(load(CSV[100:]))
    assert answer == Loaded("d", memory=answer.memory if answer else 0)
    assert answer.memory >= 16 * ROWS
    assert len(tables.known["d"]) == ROWS


@pytest.mark.parametrize(("room", "is_kept"), [(16 * ROWS - 1, False), (2**40, True), (0, True)])
def test_a_table_that_takes_more_than_its_room_is_not_kept(room: int, is_kept: bool) -> None:
    tables = Tables()
    answer = tables.take(load(CSV, room=room))
    assert answer is not None
    assert answer.problem == ""
    assert ("d" in tables.known) == is_kept


def test_a_table_that_was_dropped_can_be_had_again() -> None:
    tables = Tables()
    tables.take(load(CSV))
    assert tables.drop("d") == tables.drop("d") == Dropped("d")
    assert tables.known == {}
    tables.take(load(CSV))
    assert len(tables.known["d"]) == ROWS


def test_what_cannot_be_read_is_told_and_leaves_nothing() -> None:
    tables = Tables()
    answer = tables.take(load(b"\xff\xfe\x00"))
    assert answer is not None
    assert answer.problem
    assert tables.known == {}
