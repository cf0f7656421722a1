"""What a stream gave decides which answers it may still give."""

from collections import Counter
from typing import Any

from hypothesis import given, strategies as st
from msgspec.structs import replace

from actors.generation.balance import Balance
from events.answers import AnswerContract, AnswerField, FieldKind
from events.question import Certificate, ProgramRecord, Question, Step
from tests.history import question

LEVELS = ("a", "b", "c", "d")


def asked(kind: FieldKind, value: Any, choices: int = 0) -> Question:
    contract = AnswerContract((AnswerField("value", kind, 2 if kind == "number" else None),))
    plain = question("d" * 32, "procedural", 0, contract)
    steps = (Step("found", "most", ("table",), {"category": "island"}, {}),)
    return replace(
        plain,
        answers=({"value": value},),
        recipe=replace(plain.recipe, program=ProgramRecord(steps, {"value": "found"})),
        certificate=Certificate((), 1, 64, 1, (), alternatives={"value": choices}),
    )


def passed(kind: FieldKind, values: list[Any], choices: int = 0, stream: str = "s") -> list[Any]:
    """The answers of those questions that a stream accepts."""
    balance, found = Balance(stream), []
    for value in values:
        made = asked(kind, value, choices)
        if balance.objection(made) is None:
            balance.hear(made)
            found.append(value)
    return found


@given(st.lists(st.booleans(), max_size=80), st.sampled_from(["one", "two", "three", "four"]))
def test_of_flags_one_is_never_more_than_one_ahead(values: list[bool], stream: str) -> None:
    found = Counter(passed("flag", values, stream=stream))
    assert abs(found[True] - found[False]) <= 1


def test_which_flag_may_come_first_differs_between_streams() -> None:
    assert len({tuple(passed("flag", [True], stream=str(number))) for number in range(12)}) == 2


@given(st.lists(st.sampled_from(LEVELS), max_size=120))
def test_no_label_stands_more_than_twice_as_often_as_if_all_were_equally_likely(values: list[str]) -> None:
    found = passed("label", values, choices=len(LEVELS))
    for label, times in Counter(found).items():
        assert times <= max(1, 2 * len(found) / len(LEVELS)), label


@given(st.lists(st.integers(0, 60).map(float), max_size=300))
def test_no_number_stands_for_more_than_three_in_a_hundred(values: list[float]) -> None:
    found = passed("number", values)
    for number, times in Counter(found).items():
        assert times <= max(1, 0.03 * len(found)), number


def test_numbers_that_are_written_alike_are_the_same_number() -> None:
    assert passed("number", [1.001, 1.002, 1.01]) == [1.001, 1.01]


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 30))
def test_what_a_stream_may_give_does_not_depend_on_where_it_was_cut(values: list[bool], cut: int) -> None:
    balance, found = Balance("s"), []
    for number, value in enumerate(values):
        if number == cut:
            balance = balance.copy()
        made = asked("flag", value)
        if balance.objection(made) is None:
            balance.hear(made)
            found.append(value)
    assert found == passed("flag", values)


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.integers(2, 6)), max_size=80))
def test_how_likely_labels_are_is_added_up_over_questions_of_different_choices(
    labels: list[tuple[str, int]],
) -> None:
    balance, likely = Balance("s"), 0.0
    given: Counter[str] = Counter()
    for label, choices in labels:
        made = asked("label", label, choices)
        if balance.objection(made) is None:
            balance.hear(made)
            likely, given[label] = likely + 1 / choices, given[label] + 1
            assert given[label] <= max(1, 2 * likely)
