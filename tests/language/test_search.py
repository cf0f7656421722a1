"""Search is deterministic, well typed, and reaches every size that it is asked for."""

from collections import Counter
from itertools import islice

import numpy as np
import pandas as pd

from actors.generation.streams import proposals
from actors.language import search
from actors.language.kinds import COLUMN_KINDS
from actors.language.lint import is_long
from actors.language.operators.blends import round_limits
from actors.language.operators.thresholds import round_distances, round_values
from actors.language.program import Program
from actors.language.render_english import PHRASINGS, question
from actors.language.search import Left
from actors.language.subject import Subject
from actors.language.term import TABLE, Bound, Term, parts, to_record, to_terms
from events.dataset import ColumnProfile
from tests.birds import COLUMNS, READER, SUBJECT, birds, proposed, subject_of
from tests.language.grown import grown
from tests.ringed import RINGED


def test_every_proposal_is_well_typed_and_programs_of_many_sizes_are_found() -> None:
    sizes = Counter(len(Program(to_record(proposed("s", index)), COLUMNS).steps) for index in range(300))
    assert set(range(2, 10)) <= set(sizes)
    assert sum(count for size, count in sizes.items() if size >= 6) >= 60


def test_a_stream_depends_on_its_table_and_its_key_alone() -> None:
    again = subject_of(birds())
    assert list(islice(search.proposals(again, "s"), 200)) == [proposed("s", index) for index in range(200)]
    assert proposed("s", 3) != proposed("t", 3)


def test_a_program_and_its_tree_are_two_forms_of_one_thing() -> None:
    for index in range(200):
        answer = proposed("s", index)
        assert to_terms(to_record(answer)) == answer


def test_what_is_left_out_is_counted() -> None:
    left = Left()
    assert len(list(islice(search.proposals(SUBJECT, "s", left), 300))) == 300
    assert left.small + left.equal > 0


def test_no_program_is_proposed_that_takes_too_many_words_to_ask_for() -> None:
    for index in range(300):
        texts = [question(proposed("s", index), phrasing, SUBJECT.words) for phrasing in PHRASINGS]
        assert not all(map(is_long, texts)), texts[0]


def test_every_operator_that_search_may_use_is_grown_where_a_table_has_what_it_needs() -> None:
    """Limits come from the groups' numbers, and a level that names one record from those that one has."""
    for name in ("groups_over", "standing_of", "neighbours_of", "mean_by_full_group", "growth_over"):
        found = grown(RINGED, name, 0, TABLE)
        value = RINGED.arithmetic.value(found)
        assert value if isinstance(value, dict) else value == value, name  # noqa: PLR0124  NaN


def test_operators_that_only_stand_inside_a_program_and_those_of_many_words_are_dealt_too() -> None:
    """A test, a number written as text, and a selection that takes more words than two of the others."""
    inner = {"wilcoxon", "fisher", "test_by_normality", "parsed_number", "usual_by_skew"}
    found: set[str] = set()
    for answer in islice(search.proposals(RINGED, "s"), 400):
        found |= {part.operator for node in answer.values() for part in parts(node)}
    assert inner <= found, inner - found


def test_no_family_stands_for_a_quarter_of_the_steps() -> None:
    steps = Counter(
        part.declared.family
        for index in range(300)
        for node in proposed("s", index).values()
        for part in set(parts(node))
    )
    assert max(steps.values()) < steps.total() / 4, steps.most_common(3)


def test_a_table_without_measures_or_groups_has_no_stream() -> None:
    columns = (
        ColumnProfile("key", "identifier", False, 0, 50),
        ColumnProfile("id", "identifier", True, 0, 50),
    )
    frame = pd.DataFrame({"key": [f"key {n}" for n in range(50)], "id": range(50)})
    barren = Subject("d" * 32, READER, columns, frame)
    assert list(proposals("template", barren, "k")) == []
    assert len(list(islice(proposals("procedural", barren, "k"), 50))) < 50


def test_a_stream_marks_what_it_has_proposed_before() -> None:
    seen = set()
    for proposal in islice(proposals("procedural", SUBJECT, "s"), 250):
        if proposal is not None:
            program = repr(to_record(proposal.answer))
            assert program not in seen
            seen.add(program)
    assert len(seen) > 200


def test_no_step_holds_a_column_against_what_is_made_of_it() -> None:
    for index in range(300):
        (final,) = proposed("s", index).values()
        for part in parts(final):
            made_of = [_made_of(value) for name, value in part.parameters if _is_column(part, name)]
            assert sum(map(len, made_of)) == len(set().union(*made_of)), part


def _is_column(part: Term, name: str) -> bool:
    return part.declared.parameters[name] in COLUMN_KINDS


def _made_of(bound: Bound) -> set[str]:
    if isinstance(bound, Term):
        return set().union(*(_made_of(inner) for name, inner in bound.parameters if _is_column(bound, name)))
    return {str(bound)}


def test_round_numbers_lie_between_the_lowest_and_the_highest_fifth_or_there_are_none() -> None:
    for exponent in range(-12, 12):
        for part in (1, 1.0000000001, 0.9999999999, 3):
            amounts = np.linspace(0, part * 10.0**exponent, 41)
            low, high = np.quantile(amounts, [0.2, 0.8])
            assert all(low <= value <= high for value in round_values(amounts))


def test_limits_are_round_where_a_fifth_of_the_range_lies_just_below_a_power_of_ten() -> None:
    for exponent in range(-8, 9):
        just_below = np.nextafter(10.0**exponent, 0)
        limits = round_limits(np.array([0, 5 * just_below]))
        assert 5 <= len(limits) <= 11, exponent


def test_a_distance_between_records_is_round_and_never_nothing() -> None:
    amounts = np.array([*np.linspace(3, 40, 30), np.nan])
    assert round_distances(amounts)
    assert all(isinstance(value, float | int) and 0 < value < 37 for value in round_distances(amounts))
    assert round_distances(np.zeros(20)) == ()
