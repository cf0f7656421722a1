"""Search is deterministic, well typed, and reaches every depth that it is asked for."""

from collections import Counter

import pytest

from actors.generation.streams import proposals
from actors.language.program import Program
from actors.language.search import DEEPEST, SHALLOWEST, Barren, propose
from actors.language.term import to_record, to_terms
from events.dataset import ColumnProfile
from tests.birds import COLUMNS


def test_every_proposal_is_well_typed_and_of_a_fitting_depth() -> None:
    depths = Counter(
        Program(to_record(propose(COLUMNS, "s", index)), COLUMNS).depth() for index in range(200)
    )
    assert set(depths) == set(range(SHALLOWEST, DEEPEST + 1))
    assert min(depths.values()) >= 20


def test_a_proposal_depends_on_its_stream_and_index_alone() -> None:
    late_first = [propose(COLUMNS, "s", index) for index in reversed(range(30))]
    assert late_first[::-1] == [propose(COLUMNS, "s", index) for index in range(30)]
    assert propose(COLUMNS, "s", 3) != propose(COLUMNS, "t", 3)


def test_a_program_and_its_tree_are_two_forms_of_one_thing() -> None:
    for index in range(100):
        answer = propose(COLUMNS, "s", index)
        assert to_terms(to_record(answer)) == answer


def test_a_table_without_measures_or_groups_has_no_stream() -> None:
    texts = (ColumnProfile("note", "text", False, 0, 50), ColumnProfile("id", "identifier", True, 0, 50))
    assert list(proposals("template", texts, "k")) == []
    with pytest.raises(Barren):
        propose((), "k", 1)


def test_a_stream_marks_what_it_has_proposed_before() -> None:
    seen = set()
    for number, proposal in enumerate(proposals("procedural", COLUMNS, "s")):
        if number == 150:
            break
        if proposal is not None:
            program = repr(to_record(proposal.answer))
            assert program not in seen
            seen.add(program)
    assert len(seen) > 100
