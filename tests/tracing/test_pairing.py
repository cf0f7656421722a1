"""Hooks pair with checkpoints of the same kind and value, each once."""

from hypothesis import given, strategies as st

from actors.tracing.pairing import Sighting, moves, pair
from events.values import Value, close, value_of


def seen(name: str, *values: object) -> Sighting:
    return Sighting(name, tuple(value_of(value) for value in values))


def tables(*rows: dict[str, object]) -> list[dict[str, Value]]:
    return [{name: value_of(value) for name, value in row.items()} for row in rows]


def test_kind_and_value_decide() -> None:
    hooks = [seen("x", 1), seen("y", True), seen("z", "1"), seen("w", 1.0 + 1e-12)]
    assert pair(hooks, tables({"flag": True, "number": 1, "text": "1"})) == ("number", "flag", "text", None)


def test_the_same_name_goes_before_the_first_that_fits() -> None:
    assert pair([seen("a", 5), seen("m", 5)], tables({"m": 5, "n": 5})) == ("n", "m")


def test_what_follows_the_program_everywhere_chooses_before_a_copy() -> None:
    hooks = [seen("m", 4.5, 4.5), seen("mine", 4.5, 6.0)]
    assert pair(hooks, tables({"m": 4.5}, {"m": 6.0})) == (None, "m")


def test_a_copy_pairs_when_nobody_computed_it() -> None:
    assert pair([seen("mine", 4.5, 4.5)], tables({"m": 4.5}, {"m": 6.0})) == ("m",)


def test_of_two_equal_checkpoints_the_one_that_is_followed_is_taken() -> None:
    program = tables({"before": 5, "after": 5}, {"before": 9, "after": 7})
    assert pair([seen("n", 5, 7), seen("k", 5, 9)], program) == ("after", "before")


def test_a_hook_that_moves_where_the_checkpoint_stands_is_another_value() -> None:
    assert pair([seen("n", 5, 7)], tables({"m": 5}, {"m": 5})) == (None,)


def test_a_hook_that_was_not_raised_on_a_perturbed_table_pairs_by_the_original_one() -> None:
    hook = Sighting("n", (value_of(5), None))
    assert pair([hook], tables({"m": 5}, {"m": 6})) == ("m",)


def test_a_checkpoint_without_a_value_on_a_table_says_nothing_there() -> None:
    assert pair([seen("n", 5, 7)], tables({"m": 5}, {})) == ("m",)
    assert not moves("m", tables({"m": 5})[0], {})


VALUES = st.sampled_from([0, 1, 1.5, True, "a", None])
HOOKS = st.lists(st.tuples(st.sampled_from("abc"), VALUES, VALUES), max_size=5)
PROGRAM = st.dictionaries(st.sampled_from("abcd"), st.tuples(VALUES, VALUES))


@given(HOOKS, PROGRAM)
def test_a_checkpoint_is_taken_once_and_only_by_an_equal_hook(
    hooks: list[tuple[str, object, object]], program: dict[str, tuple[object, object]]
) -> None:
    sightings = [seen(*hook) for hook in hooks]
    rows = tables(*({name: values[place] for name, values in program.items()} for place in (0, 1)))
    chosen = pair(sightings, rows)
    taken = [name for name in chosen if name is not None]
    assert len(taken) == len(set(taken))
    for hook, name in zip(sightings, chosen, strict=True):
        first = hook.values[0]
        assert name is None or (first is not None and close(first, rows[0][name]))
    assert pair(sightings, rows) == chosen
