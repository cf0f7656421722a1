"""Every path through what a text leaves open is found, run and counted."""

from collections.abc import Mapping
from random import Random
from typing import cast

import pytest
from hypothesis import given, settings, strategies as st

from actors.language.column_words import columns_meant
from actors.language.constants import constants_of
from actors.language.holes import Choice, filled
from actors.language.kinds import COLUMN_KINDS
from actors.language.loose import LOOSE, loose
from actors.language.operator import grammar
from actors.language.paths import MOST_PATHS, column_paths, paths
from actors.language.pattern import quoted
from actors.language.settle import solved
from actors.language.subject import Subject
from actors.language.term import TABLE, Bound, Input, Term, parts, term, to_record
from events.dataset import ColumnProfile
from tests.birds import SUBJECT, proposed
from tests.language.grown import grown
from tests.ringed import RINGED

ANY = cast("Bound", Choice())
MASSES = tuple(
    ColumnProfile(name, "measure", True, 0, 9, readable=readable)
    for name, readable in (
        ("temp_max", "temp max"),
        ("temp_min", "temp min"),
        ("Women", "women"),
        ("ShareWomen", "share women"),
        ("P25th", ""),
        ("wind", "wind"),
    )
)


def said(word: str) -> Bound:
    return cast("Bound", Choice(word))


def mean_of(column: Bound, rows: Input = TABLE) -> Mapping[str, Term]:
    return {"value": term("mean", rows, measure=column)}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("temp_max", {"temp_max"}),
        ("temp max", {"temp_max"}),
        ("temperature", {"temp_max", "temp_min"}),
        ("the lowest temperature, temp min", {"temp_min"}),
        ("women", {"Women", "ShareWomen"}),
        ("Women", {"Women"}),
        ("share of women", {"ShareWomen"}),
        ('"P25th"', {"P25th"}),
        ("the wind", {"wind"}),
        ("windy", {"wind"}),
        ("rain", set()),
        ("", set()),
    ],
)
def test_words_mean_every_column_that_shares_most_of_them(word: str, meant: set[str]) -> None:
    assert set(columns_meant(word, MASSES)) == meant


@given(st.text())
def test_any_words_mean_columns_of_the_table(word: str) -> None:
    assert set(columns_meant(word, RINGED.columns)) <= {column.name for column in RINGED.columns}


@pytest.mark.parametrize("subject", [SUBJECT, RINGED], ids=["birds", "ringed"])
def test_what_a_text_of_ours_calls_a_column_means_that_column_alone(subject: Subject) -> None:
    for column in subject.columns:
        for name in (subject.words.name(column.name), column.name, quoted(column.name)):
            assert columns_meant(name, subject.columns) == (column.name,)


@settings(deadline=None, max_examples=60)
@given(index=st.integers(0, 300))
def test_a_program_whose_columns_are_named_exactly_has_one_path_with_its_answer(index: int) -> None:
    terms = proposed("paths", index)
    found = column_paths(to_record(terms), SUBJECT.words.name, SUBJECT)
    assert (len(found.tried), found.left_out, found.resolution) == (1, 0, "one")
    assert found.tried[0].record == to_record(terms)
    assert found.tried[0].answer == solved(terms, SUBJECT)


@settings(deadline=None, max_examples=40)
@given(index=st.integers(0, 300), data=st.data())
def test_a_column_called_by_no_word_is_every_column_that_fits(index: int, data: st.DataObject) -> None:
    terms = proposed("paths", index)
    columns = {column.name for column in SUBJECT.columns}
    used = sorted(
        {
            value
            for node in terms.values()
            for part in parts(node)
            for _, value in part.parameters
            if value in columns
        },
        key=str,
    )
    if not used:
        return
    vague = data.draw(st.sampled_from(used))
    found = column_paths(
        to_record(terms), lambda header: "no word of theirs" if header == vague else header, SUBJECT
    )
    assert to_record(terms) in [path.record for path in found.tried] or found.left_out
    assert len({repr(path.record) for path in found.tried}) == len(found.tried)


def test_one_word_is_one_choice_and_no_word_is_one_each() -> None:
    spread = term("gap", term("mean_by_group", TABLE, measure=said("anything"), category="species"))
    ranges = term("ratio_of_figures", term("mean", TABLE, measure=said("anything")), spread)
    measures = [path.chosen for path in paths({"value": ranges}, SUBJECT).tried]
    assert measures == [(("anything", name),) for name in ("mass (kg)", "bill", "flipper")]
    apart = term("pearson", TABLE, measure=ANY, other=ANY)
    assert len(paths({"value": apart}, SUBJECT).tried) == 3 * 2


def test_each_path_tells_what_was_chosen_and_what_came_of_it() -> None:
    found = paths(mean_of(ANY), SUBJECT)
    assert [path.chosen for path in found.tried] == [
        (("measure", name),) for name in ("mass (kg)", "bill", "flipper")
    ]
    assert [path.answer for path in found.tried] == [
        solved(mean_of(name), SUBJECT) for name in ("mass (kg)", "bill", "flipper")
    ]
    assert (found.clusters, found.resolution, len(found.answers)) == (3, "open", 3)
    assert found.told[0].startswith("measure: mass (kg) = ")


def test_a_choice_that_changes_nothing_is_none() -> None:
    found = paths(
        {
            "value": term(
                "distinct_count", term("keep_level", TABLE, category="species", level=ANY), category="species"
            )
        },
        SUBJECT,
    )
    assert [path.answer for path in found.tried] == [{"value": 1}] * 3
    assert (found.clusters, found.resolution) == (1, "one")


def test_a_path_without_an_answer_is_no_choice() -> None:
    empty = paths(mean_of(ANY, term("above_value", TABLE, measure="bill", limit=1e6)), SUBJECT)
    assert [path.answer for path in empty.tried] == [None] * 3
    assert (empty.clusters, empty.resolution, empty.answers) == (0, "one", ())
    assert empty.told[0] == "measure: mass (kg) = no value"


def test_a_loose_word_is_every_operator_that_it_may_mean() -> None:
    found = paths({"value": term(loose("correlation"), TABLE, measure="bill", other="flipper")}, SUBJECT)
    assert [path.record.steps[-1].operator for path in found.tried] == list(LOOSE["correlation"])
    assert found.resolution == "open"
    with pytest.raises(KeyError, match="no loose word"):
        loose("pearson")


@pytest.mark.parametrize("word", list(LOOSE))
def test_the_operators_of_a_loose_word_stand_where_one_does(word: str) -> None:
    meant = [grammar()[name] for name in LOOSE[word]]
    assert len(meant) > 1
    assert len({(one.result, tuple(one.inputs.values())) for one in meant}) == 1


def test_a_constant_that_is_not_named_is_any_that_the_operator_offers() -> None:
    high = term("above_value", TABLE, measure="bill", limit=ANY)
    limits = [
        dict(path.chosen)["limit"] for path in paths({"value": term("count_records", high)}, SUBJECT).tried
    ]
    assert len(limits) > 2
    assert sorted(map(float, limits)) == [float(limit) for limit in limits]


def test_a_selection_may_refer_to_all_records_or_to_those_left() -> None:
    gentoo = term("keep_level", TABLE, category="species", level="Gentoo")
    heavy = term("above_mean", gentoo, measure="mass (kg)")
    found = paths({"value": term("count_records", heavy)}, SUBJECT, any_order=True)
    other = term(
        "keep_level", term("above_mean", TABLE, measure="mass (kg)"), category="species", level="Gentoo"
    )
    assert [path.answer for path in found.tried] == [
        solved({"value": term("count_records", rows)}, SUBJECT) for rows in (heavy, other)
    ]
    assert found.resolution == "open"


def test_what_is_beyond_the_bound_is_counted_and_leaves_the_choice_open() -> None:
    three = term("partial_correlation", TABLE, measure=ANY, other=ANY, third=ANY)
    columns = (*SUBJECT.columns, *(ColumnProfile(f"m{at}", "measure", True, 0, 240) for at in range(6)))
    frame = SUBJECT.frame.assign(**{f"m{at}": SUBJECT.frame["bill"] * (at + 1) for at in range(6)})
    found = paths({"value": three}, Subject("d" * 32, SUBJECT.reader, columns, frame))
    assert len(found.tried) == found.bound == MOST_PATHS
    assert found.left_out == 9 * 8 * 7 - MOST_PATHS
    assert found.resolution == "open"


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_columns_changes_no_answer(seed: int) -> None:
    columns = list(SUBJECT.columns)
    Random(seed).shuffle(columns)
    shuffled = Subject(SUBJECT.dataset, SUBJECT.reader, tuple(columns), SUBJECT.frame)
    vague = {"value": term("pearson", TABLE, measure=ANY, other=said("bill"))}
    one, other = (
        {(path.chosen, repr(path.answer)) for path in paths(vague, subject).tried}
        for subject in (SUBJECT, shuffled)
    )
    assert one == other


DRAWN = [
    (name, constant)
    for name, declared in sorted(grammar().items())
    for constant, offered in declared.constants.items()
    if callable(offered) and declared.parameters[constant] not in COLUMN_KINDS
]


@pytest.mark.parametrize(("name", "constant"), DRAWN)
def test_a_number_left_out_is_any_that_its_operator_draws_from_the_table(name: str, constant: str) -> None:
    node = grown(RINGED, name, 0, TABLE)
    own = dict(node.parameters) | {constant: ANY}
    vague = Term(node.operator, node.inputs, tuple(sorted(own.items())), node.axes)
    found = {dict(filling["value"].parameters)[constant] for _, filling in filled({"value": vague}, RINGED)}
    assert 1 < len(found) <= len({*constants_of(node, constant, RINGED)} & found)
