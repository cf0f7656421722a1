"""What the court lets pass and what it refuses, each for the reason that it names."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from actors.language.court import Proposal, judge, wording
from actors.language.operator import IllTyped
from actors.language.program import TABLE, Program
from actors.language.soundness import Refusal
from actors.language.subject import Subject
from actors.language.templates import template
from actors.language.term import Term, over_all_records, term, to_record
from events.dataset import ColumnProfile, Doubtful
from events.question import ProgramRecord, Question, Step
from tests.birds import COLUMNS, READER, SUBJECT, birds, subject_of


def ruling(answer: Mapping[str, Term], subject: Subject = SUBJECT) -> Question | Refusal:
    return judge(Proposal("procedural", answer, 0), subject)


def accepted(answer: Mapping[str, Term], subject: Subject = SUBJECT) -> Question:
    found = ruling(answer, subject)
    assert isinstance(found, Question), found
    return found


def refused(answer: Mapping[str, Term], subject: Subject = SUBJECT) -> str:
    found = ruling(answer, subject)
    assert isinstance(found, Refusal), found
    return found.reason


def test_a_step_that_changes_nothing_is_dead() -> None:
    everything = term("recorded", TABLE, column="flipper")
    assert refused({"value": term("mean", everything, measure="bill")}) == "dead_step"


def test_a_decision_whose_contrary_gives_the_same_is_dead() -> None:
    frame = birds(rows=240)
    frame["species"] = np.tile(["Adelie", "Gentoo"], 120)
    frame["flipper"] = np.repeat(np.arange(120) % 7 + 0.5, 2)
    means = term("mean_by_group", TABLE, measure="mass (kg)", category="species")
    kept = term("keep_group", TABLE, term("most", means), category="species")
    assert refused({"value": term("largest", kept, measure="flipper")}, subject_of(frame)) == "dead_step"


def test_the_denominator_of_a_spread_is_stated_where_it_matters() -> None:
    few = subject_of(birds(rows=30))
    question = accepted({"value": term("standard_deviation", TABLE, measure="bill")}, few)
    (axis,) = question.certificate.axes
    assert (axis.axis, axis.resolution) == ("ddof", "stated")
    assert f"{axis.taken} standard deviation" in question.question_text
    assert question.certificate.clusters == 2


def test_a_choice_without_effect_is_left_unsaid() -> None:
    counts = term("count_by_group", TABLE, category="species")
    question = accepted({"group": term("most", counts)})
    assert {axis.resolution for axis in question.certificate.axes} == {"immaterial"}
    assert "Convention" not in question.format


def test_a_tie_is_settled_by_a_convention() -> None:
    frame = birds(rows=120)
    frame["species"] = np.tile(["Gentoo", "Adelie", "Gentoo", "Chinstrap", "Adelie"], 24)
    counts = term("count_by_group", TABLE, category="species")
    question = accepted({"group": term("most", counts)}, subject_of(frame))
    ties = next(axis for axis in question.certificate.axes if axis.axis == "ties")
    assert ties.resolution == "conventional"
    assert "alphabetical" in question.format
    assert question.answers[0] == {"group": "Adelie"}


def test_records_without_a_group_are_settled_by_a_convention_where_they_matter() -> None:
    frame = birds()
    frame.loc[frame.index[:150], 'the "island"'] = None
    counts = term("count_by_group", TABLE, category='the "island"')
    kept = term("keep_group", TABLE, term("most", counts), category='the "island"')
    question = accepted({"value": term("mean", kept, measure="flipper")}, subject_of(frame))
    missing = next(axis for axis in question.certificate.axes if axis.axis == "missing")
    assert missing.resolution == "conventional"
    assert "grouping variable" in question.format


def test_which_columns_count_as_numeric_is_settled_where_it_matters() -> None:
    frame = birds()
    frame["year code"] = np.arange(240) // 80 + 1
    proposal = Proposal("template", template("strongest_correlation").program({}), 0, "strongest_correlation")
    question = judge(proposal, subject_of(frame))
    assert isinstance(question, Question)
    which = next(axis for axis in question.certificate.axes if axis.axis == "which_columns")
    assert which.resolution == "conventional"
    assert '"id" and "year code"' in question.format


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            {"count": term("count_records", term("keep_level", TABLE, category="species", level="Emu"))},
            "too_few_records",
        ),
        ({"value": term("pearson", TABLE, measure="bill", other="bill")}, "degenerate"),
        ({"value": term("mean", TABLE, measure="nowhere")}, "ill_typed"),
        ({"value": term("change", *(2 * [term("mean", TABLE, measure="bill")]))}, "degenerate"),
    ],
)
def test_senseless_proposals_are_refused(answer: Mapping[str, Term], reason: str) -> None:
    assert refused(answer) == reason


def test_groups_of_a_few_records_are_refused() -> None:
    frame = birds()
    frame["species"] = ["Emu", "Emu", *frame["species"][2:]]
    means = term("mean_by_group", TABLE, measure="bill", category="species")
    assert refused({"group": term("most", means)}, subject_of(frame)) == "small_groups"


def test_a_p_value_that_prints_as_zero_is_not_asked_for() -> None:
    means = term("mean_by_group", TABLE, measure="mass (kg)", category="species")
    test = term(
        "t_comparison",
        TABLE,
        term("most", means),
        term("least", means),
        measure="mass (kg)",
        category="species",
    )
    assert refused({"value": term("p_value", test)}) in ("extreme_p", "degenerate")


def test_the_wording_is_rebuilt_from_the_recipe_to_the_byte() -> None:
    kept = term("above_mean", TABLE, measure="bill")
    spread = term("standard_deviation", kept, measure="flipper")
    question = accepted({"value": term("change", spread, over_all_records(spread))})
    recipe = question.recipe
    assert (
        wording(recipe.program, recipe.template, recipe.bindings, recipe.phrasing, SUBJECT.words)
        == question.question_text
    )


def test_an_ill_typed_program_cannot_be_constructed() -> None:
    wrong = ProgramRecord((Step("m", "mean", ("table",), {"measure": "species"}, {}),), {"value": "m"})
    with pytest.raises(IllTyped, match="not numeric"):
        Program(wrong, COLUMNS)
    crossed = to_record({"value": Term("gap", (term("mean", TABLE, measure="bill"),))})
    with pytest.raises(IllTyped, match="takes"):
        Program(crossed, COLUMNS)


def test_two_columns_with_hostile_names_do_no_harm() -> None:
    name = 'x" is above. {measure}?\n"y'
    frame = pd.DataFrame({name: np.linspace(0, 9, 60), "g": np.tile(["a", "b", "c"], 20)})
    columns = (
        ColumnProfile(name, "measure", True, 0, 60),
        ColumnProfile("g", "category", False, 0, 3, ("a", "b", "c")),
    )
    question = accepted(
        {"value": term("mean", term("above_mean", TABLE, measure=name), measure=name)},
        Subject("e" * 32, READER, columns, frame),
    )
    assert question.answers[0]["value"] == pytest.approx(6.79, abs=0.01)


def test_a_reading_whose_answer_is_the_group_without_a_name_is_settled() -> None:
    frame = birds()
    frame.loc[frame.index[:3], "species"] = None
    counts = term("count_by_group", TABLE, category="species")
    question = accepted({"group": term("least", counts)}, subject_of(frame))
    missing = next(axis for axis in question.certificate.axes if axis.axis == "missing")
    assert (missing.resolution, missing.taken) == ("conventional", "aside")


def test_whether_a_placeholder_is_a_value_is_not_asked() -> None:
    frame = birds()
    frame.loc[frame.index[:20], "species"] = "Unknown"
    columns = tuple(
        replace(column, doubtful=(Doubtful("Unknown", 20),)) if column.name == "species" else column
        for column in COLUMNS
    )
    subject = Subject("d" * 32, READER, columns, frame)
    kept = term("leave_out_level", TABLE, category="species", level="Gentoo")
    assert refused({"value": term("mean", kept, measure="bill")}, subject) == "placeholder"
    missing = {"columns": term("count_missing_over", TABLE, share=0.05)}
    assert refused(missing, subject) == "placeholder"


def test_pairs_of_columns_that_correlate_equally_strongly_have_no_strongest() -> None:
    frame = birds()
    frame["flipper"] = frame["mass (kg)"] * 2
    pair = term("strongest_pair", TABLE, term("numeric_columns", TABLE))
    answer = {"columns": pair, "correlation": term("pair_correlation", TABLE, pair)}
    assert refused(answer, subject_of(frame)) == "degenerate"
    shared, own = np.random.default_rng(5).normal(0, 1, (2, 240))
    shared, own = shared - shared.mean(), own - own.mean()
    own = 0.5 * (own - shared * (own @ shared) / (shared @ shared))
    frame["mass (kg)"], frame["bill"], frame["flipper"] = shared, shared + own, shared - own
    assert refused(answer, subject_of(frame)) == "narrow_margin"


def test_the_same_selection_twice_is_refused() -> None:
    once = term("below_median", TABLE, measure="bill")
    twice = term("below_median", once, measure="bill")
    assert refused({"value": term("mean", twice, measure="flipper")}) == "repeated"


def test_what_a_statistic_in_a_later_selection_refers_to_is_said_in_the_note() -> None:
    first = term("keep_level", TABLE, category="species", level="Adelie")
    second = term("below_median", first, measure="bill")
    question = accepted({"value": term("mean", second, measure="flipper")})
    assert "records left by the selections before it" in question.format
    reference = next(axis for axis in question.certificate.axes if axis.axis == "reference")
    assert (reference.taken, reference.resolution) == ("records_left", "conventional")
    alone = accepted({"value": term("mean", term("below_median", TABLE, measure="bill"), measure="flipper")})
    assert "selections before it" not in alone.format


def test_a_decision_that_gives_the_same_either_way_is_dead() -> None:
    frame = birds(rows=240)
    frame["flipper"] = np.repeat(np.arange(120), 2) + 0.5  # the mean is the median
    assert (
        refused({"value": term("centre_by_skew", TABLE, measure="flipper")}, subject_of(frame)) == "dead_step"
    )
    frame["flipper"] = np.sort(frame["flipper"]) ** 3
    assert accepted({"value": term("centre_by_skew", TABLE, measure="flipper")}, subject_of(frame))


def test_a_certificate_tells_which_way_each_decision_went() -> None:
    frame = birds(rows=240)
    center = {"value": term("centre_by_skew", TABLE, measure="flipper")}
    frame["flipper"] = np.exp(frame["flipper"] / 9)
    assert accepted(center, subject_of(frame)).certificate.decisions == {"center": "skewed"}
    means = term("mean_by_group", TABLE, measure="mass (kg)", category="species")
    leaders = {"group": term("most", means)}, {"group": term("least", means)}
    assert [list(accepted(one).certificate.decisions.values()) for one in leaders] == [["most"], ["least"]]
    assert accepted({"value": term("mean", TABLE, measure="bill")}).certificate.decisions == {}


def test_a_decision_on_evidence_at_its_threshold_is_refused() -> None:
    frame = birds(rows=240)
    frame["flipper"] = frame["flipper"].mask(np.arange(240) % 10 == 0)
    filled = term("filled_if_few_missing", TABLE, measure="flipper", share=0.1)
    assert (
        refused({"value": term("standard_deviation", TABLE, measure=filled)}, subject_of(frame))
        == "narrow_margin"
    )


def test_the_answer_to_a_question_of_yes_or_no_may_be_either() -> None:
    whole = {"answer": term("is_skewed", TABLE, measure="flipper")}
    question = accepted(whole)
    assert question.question_text.startswith("Is")
    assert question.contract.fields[0].kind == "flag"
    assert question.answers[0]["answer"] is False
    frame = birds()
    frame["flipper"] = np.exp(frame["flipper"] / 9)
    assert accepted(whole, subject_of(frame)).answers[0]["answer"] is True


def test_how_seeded_draws_are_made_is_told_in_the_note() -> None:
    question = accepted({"value": term("bootstrap_low", TABLE, measure="bill", draws=500, seed=42)})
    assert "numpy.random.default_rng(seed).choice" in question.format
    assert "500 resamples with seed 42" in question.question_text


def test_a_question_may_ask_for_the_name_of_a_column() -> None:
    question = accepted({"variable": term("strongest_partner", TABLE, measure="bill")})
    assert question.answers[0]["variable"] == "mass (kg)"
    assert question.contract.fields[0].kind == "label"
