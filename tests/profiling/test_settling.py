"""A file is read once it has stayed as it is for a while, and again when it is another."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, strategies as st

from actors.profiling.discover import settings_beside
from actors.profiling.settling import Settling, Stamp, stamp_of

A, B = Path("a.csv"), Path("b.csv")


def stamp(size: int, modified: float = 0.0) -> Stamp:
    return Stamp(size, int(modified * 1e9), 7, 0o100644)


def read(settling: Settling, path: Path, seen: Mapping[Path, Stamp]) -> None:
    assert settling.read(path, seen[path], seen[path])


def test_a_new_file_is_read_after_it_has_not_changed_for_the_time_given() -> None:
    settling, seen = Settling(2.0), {A: stamp(5)}
    assert settling.look(seen, 10.0).settled == ()
    assert settling.look(seen, 11.5).wait == 0.5
    assert settling.look(seen, 12.0).settled == (A,)


def test_a_file_that_grows_is_waited_for_from_its_last_change_on() -> None:
    settling = Settling(2.0)
    for second in range(10):
        look = settling.look({A: stamp(second)}, float(second))
        assert (look.settled, look.wait) == ((), 2.0)
    assert settling.restless == 1
    assert settling.look({A: stamp(9)}, 10.9).settled == ()
    assert settling.look({A: stamp(9)}, 11.0).settled == (A,)


def test_at_the_first_look_a_file_that_was_left_alone_long_ago_is_at_rest() -> None:
    settling = Settling(2.0)
    seen = {A: stamp(5, modified=100.0), B: stamp(5, modified=999.5)}
    look = settling.look(seen, 10.0, wall=1000.0)
    assert (look.settled, look.wait) == ((A,), 1.5)


def test_at_the_first_look_a_file_from_the_future_is_waited_for() -> None:
    look = Settling(2.0).look({A: stamp(5, modified=2000.0)}, 10.0, wall=1000.0)
    assert (look.settled, look.wait) == ((), 2.0)


def test_a_file_that_was_read_is_not_read_again_until_it_is_another() -> None:
    settling, seen = Settling(2.0), {A: stamp(5)}
    settling.look(seen, 0.0)
    read(settling, A, seen)
    assert settling.look(seen, 100.0) == (look := settling.look(seen, 100.0))
    assert (look.settled, look.wait, settling.restless) == ((), None, 0)
    assert settling.look({A: stamp(5, modified=1.0)}, 101.0).wait == 2.0
    assert settling.look({A: stamp(5, modified=1.0)}, 103.0).settled == (A,)


def test_a_file_that_changed_back_before_it_was_read_is_left_alone() -> None:
    settling, seen = Settling(2.0), {A: stamp(5)}
    settling.look(seen, 0.0)
    read(settling, A, seen)
    settling.look({A: stamp(6)}, 1.0)
    assert settling.look(seen, 2.0).wait is None


def test_a_file_that_changed_while_it_was_read_is_waited_for_again() -> None:
    settling = Settling(2.0)
    settling.look({A: stamp(5)}, 0.0)
    assert not settling.read(A, stamp(5), stamp(6))
    assert not settling.read(A, stamp(5), None)
    assert not settling.read(A, None, None)
    assert settling.look({A: stamp(6)}, 2.0).wait == 2.0


def test_a_file_that_is_gone_is_told_of_once_and_is_new_when_it_comes_again() -> None:
    settling, seen = Settling(2.0), {A: stamp(5)}
    settling.look(seen, 0.0)
    read(settling, A, seen)
    assert settling.look({}, 1.0).gone == (A,)
    assert settling.look({}, 2.0).gone == ()
    settling.look(seen, 3.0)
    assert settling.look(seen, 5.0).settled == (A,)


def test_a_file_that_went_before_it_was_read_is_nobodys_loss() -> None:
    settling = Settling(2.0)
    settling.look({A: stamp(5)}, 0.0)
    assert settling.look({}, 1.0).gone == ()
    assert settling.restless == 0


STEPS = st.integers(1, 640).map(lambda ticks: ticks / 128)  # such sums are exact
SIZES = st.lists(st.tuples(STEPS, st.integers(0, 3)), min_size=1, max_size=30)


@given(SIZES)
def test_whatever_is_read_had_stayed_as_it_is_for_the_time_given(steps: list[tuple[float, int]]) -> None:
    settling, now = Settling(2.0), 0.0
    history: list[tuple[float, Stamp]] = []
    for passed, size in steps:
        now += passed
        seen = {A: stamp(size)}
        history.append((now, seen[A]))
        if settling.look(seen, now).settled:
            recent = [one for when, one in history if when > now - 2.0]
            assert set(recent) == {seen[A]}
            assert history[0][0] <= now - 2.0
            read(settling, A, seen)


def test_the_stamp_of_a_file_is_another_after_each_change(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert stamp_of(path) is None
    path.write_bytes(b"one")
    stamps = [stamp_of(path)]
    path.write_bytes(b"three")
    stamps.append(stamp_of(path))
    beside = tmp_path / "b.csv"
    beside.write_bytes(b"three")
    beside.replace(path)
    stamps.append(stamp_of(path))
    path.chmod(0o600)
    stamps.append(stamp_of(path))
    assert len(set(stamps)) == 4


def test_a_file_is_another_when_what_is_said_about_it_beside_it_is(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_bytes(b"a,b\n")
    before = stamp_of(table)
    settings_beside(table).write_text('row = "bird"', encoding="utf-8")
    assert before is not None
    assert stamp_of(table) != before
    settings_beside(table).unlink()
    assert stamp_of(table) == before
