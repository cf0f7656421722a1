"""What a home's questions cover, and what is wanted of them, as the log alone tells it."""

from collections.abc import Iterable, Mapping

import pytest
from msgspec.structs import replace

from actors.generation.coverage import MODEL, OF_QUESTIONS, Report
from actors.generation.promises import Promise, promises
from actors.generation.sorting import acts_on_decision, decisions, possible, ways_gone
from actors.language.operator import grammar
from events.answers import AnswerContract, AnswerField
from events.question import ProgramRecord, Question, QuestionAccepted, QuestionRejected, Step
from store.projections.coverage import Coverage
from store.projections.fold import project
from tests.history import History, dataset_registered, question

TABLE = dataset_registered()


def asked(
    number: int, operators: Iterable[str] = ("mean",), ways: Mapping[str, str] | None = None
) -> Question:
    """A question of a chain of these operators; the steps are called `s0`, `s1`, …"""
    names = list(operators)
    steps = tuple(
        Step(f"s{place}", name, (f"s{place - 1}" if place else "table",), {}, {})
        for place, name in enumerate(names)
    )
    plain = question(TABLE.dataset, "procedural", number)
    recipe = replace(plain.recipe, program=ProgramRecord(steps, {"mean_mass": f"s{len(names) - 1}"}))
    return replace(
        plain,
        recipe=recipe,
        difficulty=replace(plain.difficulty, steps=len(names)),
        certificate=replace(plain.certificate, decisions=dict(ways or {})),
        answers=({"mean_mass": float(number)},),
    )


def covered(questions: Iterable[Question], rejected: Iterable[QuestionRejected] = ()) -> Coverage:
    history = History()
    history.tell(TABLE)
    stream = history.stream(TABLE.dataset, "procedural")
    for number, one in enumerate(questions):
        history.tell(QuestionAccepted(stream, number, one))
    for refused in rejected:
        history.tell(replace(refused, stream=stream))
    (coverage,) = project(history.events, MODEL)
    assert isinstance(coverage, Coverage)
    return coverage


def promised(coverage: Coverage, what: str) -> Promise:
    (found,) = [one for one in promises(coverage) if what in one.what]
    return found


def test_a_proposal_counts_once_for_each_of_its_operators_families_and_axes() -> None:
    refused = QuestionRejected("", 9, "too_long", "70 words", ("mean", "median", "mean_by_group"), 5)
    found = covered([asked(0)], [refused])
    assert found.tally("operator", "mean").tried == 2
    assert found.tally("family", "aggregate").refused == {"too_long": 1}
    assert found.tally("family", "aggregate").tried == 2
    assert found.tally("axis", "missing").tried == 1
    assert found.tally("steps", " 5").tried == 1


def test_an_operator_of_another_version_is_counted_as_what_it_is() -> None:
    found = covered([], [QuestionRejected("", 0, "dead_step", "", ("long_gone",), 1)])
    assert found.tally("operator", "long_gone").tried == 1
    assert found.tally("family", "of another version").tried == 1


def test_two_opposites_are_one_decision_and_each_is_a_way_of_it() -> None:
    assert decisions()["least or most"] == ("least", "most")
    assert "most" not in decisions()
    assert ways_gone(asked(0, ("mean_by_group", "most"), {"s1": "most"})) == ["least or most: most"]


def test_every_way_that_the_grammar_declares_can_be_counted() -> None:
    deciding = [one for one in grammar().values() if one.branches or one.opposite]
    ways = sum(len(one.branches) or 1 for one in deciding)
    assert len(possible()["branch"]) == ways
    assert {way.split(": ")[0] for way in possible()["branch"]} == set(possible()["decision"])


def test_a_question_acts_on_a_decision_when_a_step_takes_what_was_decided() -> None:
    assert not acts_on_decision(asked(0, ("mean_by_group", "most"), {"s1": "most"}))
    assert acts_on_decision(asked(0, ("mean_by_group", "most", "keep_group", "mean"), {"s1": "most"}))


def test_the_rarer_way_of_a_decision_is_told_beside_what_is_wanted() -> None:
    once = [asked(number, ("mean_by_group", "most"), {"s1": "most"}) for number in range(19)]
    found = promised(
        covered([*once, asked(19, ("mean_by_group", "least"), {"s1": "least"})]), "least or most"
    )
    assert (found.found, found.bound, found.is_met) == (0.05, 0.1, False)
    assert found.detail == "least 1, most 19"


def test_long_programs_and_the_largest_family_are_told_in_shares() -> None:
    long = asked(0, ["above_mean"] * 8 + ["mean"])
    found = covered([long, asked(1), asked(2), asked(3)])
    assert promised(found, "9 steps").found == promised(found, "6 steps").found == 0.25
    largest = promised(found, "largest family")
    assert (largest.detail, largest.is_met) == ("select", False)
    assert largest.found == pytest.approx(8 / 12)


def test_a_number_that_answers_too_often_is_named() -> None:
    questions = [asked(number) for number in range(40)]
    fair = promised(covered(questions), "most frequent number")
    assert (fair.found, fair.is_met) == (1 / 40, True)
    same = [*questions[:38], *(replace(one, answers=({"mean_mass": 7.0},)) for one in questions[38:])]
    often = promised(covered(same), "most frequent number")
    assert (often.detail, often.is_met) == ("7.0, 3 of 40", False)


@pytest.mark.parametrize(("yes", "is_met"), [(4, True), (5, True), (3, False), (10, False)])
def test_flags_of_one_kind_of_question_have_to_be_even(yes: int, is_met: bool) -> None:
    contract = AnswerContract((AnswerField("mean_mass", "flag"),))
    flags = [
        replace(asked(number), contract=contract, answers=({"mean_mass": number < yes},))
        for number in range(10)
    ]
    assert promised(covered(flags), "yes and no").is_met is is_met


def test_a_label_that_stands_too_often_for_how_many_there_are_is_named() -> None:
    contract = AnswerContract((AnswerField("mean_mass", "label"),))
    labels = ["a", "a", "a", "b"]
    questions = []
    for number, label in enumerate(labels):
        one = replace(asked(number, ("most",)), contract=contract, answers=({"mean_mass": label},))
        certificate = replace(one.certificate, alternatives={"mean_mass": 3})
        questions.append(replace(one, certificate=certificate))
    found = promised(covered(questions), "fair share")
    assert found.found == pytest.approx(3 / (4 / 3))
    assert not found.is_met
    assert found.detail.startswith("a, 3 of 4 of ")


def test_a_table_that_was_asked_for_nothing_else_owes_what_its_class_owes() -> None:
    found = promised(covered([asked(0)]), "procedural questions of penguins")
    assert (found.found, found.bound) == (1, 0)
    assert "nothing that a figure could stand on" in found.detail


def test_what_never_appeared_is_told_apart_from_what_never_passed() -> None:
    refused = QuestionRejected("", 9, "too_long", "70 words", ("median",), 1)
    told = Report(covered([asked(0)], [refused])).to_dict()
    operators = told["never"]["operator"]
    assert "median" in operators["accepted"]
    assert "variance" in operators["proposed"]
    assert not {"mean", "median"} & {*operators["proposed"]}
    assert "dead_step" in told["never"]["reason"]["proposed"]
    assert "too_long" not in told["never"]["reason"]["proposed"]
    assert [one["reason"] for one in told["examples"]] == ["too_long"]


def test_a_report_tells_how_sure_each_yield_is() -> None:
    told = Report(covered([asked(0), asked(1)])).to_dict()
    (row,) = [row for row in told["coverage"]["operator"] if row["name"] == "mean"]
    assert (row["tried"], row["accepted"], row["refused"]) == (2, 2, {})
    assert 0.3 < row["low"] < row["high"] == 1
    assert all("tried" not in row for name in OF_QUESTIONS for row in told["coverage"][name])
