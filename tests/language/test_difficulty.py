"""How hard a question is shows in what careless solvers make of it."""

from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st

from actors.language.difficulty import EASY, HARD, Features, level, predicted
from actors.language.panel import FITTED, REPORTED, solved, traps
from actors.language.settle import solved as answered
from actors.language.term import TABLE, Term, term
from benchmarks.difficulty import main
from events.answers import AnswerContract, AnswerField
from tests.birds import SUBJECT, birds, subject_of

CONTRACT = AnswerContract((AnswerField("value", "number", 3),))
MEAN = term("mean", TABLE, measure="bill")
HEAVY = term("above_mean", TABLE, measure="mass (kg)")
HEAVIEST = term("most", term("mean_by_group", TABLE, measure="mass (kg)", category="species"))


def right(answer: Mapping[str, Term], of: str) -> bool | None:
    """Whether a member of either panel gets it right; None where it has no say."""
    gold = answered(answer, SUBJECT)
    found = solved(answer, SUBJECT, CONTRACT, gold, (*FITTED, *REPORTED))
    return found.get(of)


def test_the_two_panels_share_no_member() -> None:
    assert not {one.name for one in FITTED} & {one.name for one in REPORTED}
    assert not {one.change for one in FITTED} & {one.change for one in REPORTED}


@pytest.mark.parametrize(
    ("member", "answer"),
    [
        ("skips the first selection", term("mean", HEAVY, measure="bill")),
        ("skips what needs a statistic", term("mean", HEAVY, measure="bill")),
        ("takes the whole table", term("mean", HEAVY, measure="bill")),
        (
            "skips the later selections",
            term("mean", term("below_median", HEAVY, measure="flipper"), measure="bill"),
        ),
        ("takes what is easily mistaken", MEAN),
        ("takes the first measure", MEAN),
        ("takes the last measure", MEAN),
        ("divides by n", term("standard_deviation", TABLE, measure="bill").with_axes({"ddof": "sample"})),
        (
            "decides the other way",
            term("mean", term("keep_group", TABLE, HEAVIEST, category="species"), measure="bill"),
        ),
        (
            "derives nothing",
            term("mean", TABLE, measure=term("ratio", TABLE, measure="bill", other="flipper")),
        ),
    ],
)
def test_a_member_that_has_something_to_change_gets_it_wrong(member: str, answer: Term) -> None:
    assert right({"value": answer}, member) is False


@pytest.mark.parametrize("member", ["skips the first selection", "derives nothing", "decides the other way"])
def test_a_member_that_has_nothing_to_change_has_no_say(member: str) -> None:
    assert right({"value": MEAN}, member) is None


def test_a_change_that_makes_no_difference_is_no_mistake() -> None:
    frame = birds()
    frame["bill"] = frame["flipper"]
    subject = subject_of(frame)
    answer = {"value": term("mean", TABLE, measure="bill")}
    found = solved(answer, subject, CONTRACT, answered(answer, subject), REPORTED)
    assert found.get("takes the last measure") in (None, True)


def test_what_may_go_wrong_is_counted() -> None:
    assert "divides by n" in set(
        traps({"value": term("standard_deviation", TABLE, measure="bill")}, SUBJECT.columns)
    )


@given(st.tuples(*[st.floats(0, 12)] * 5))
def test_a_share_lies_between_none_and_all_and_has_a_word(found: Features) -> None:
    share = predicted(found)
    assert 0 < share < 1
    assert level(share) == ("easy" if share > EASY else "hard" if share < HARD else "medium")


@pytest.mark.full
def test_the_second_panel_hardly_solves_what_is_called_hard(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--questions", "25", "--seed", "tested"])
    shown = capsys.readouterr().out
    hard = next(line for line in shown.splitlines() if line.startswith("hard"))
    assert float(hard.split()[-1].rstrip("%")) <= 10, shown
    assert int(hard.split()[2]) > 20
    defeats = next(line for line in shown.splitlines() if line.startswith("the median question"))
    assert int(defeats.split("defeats ")[1].split("%")[0]) >= 50
