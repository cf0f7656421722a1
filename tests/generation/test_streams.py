"""A stream is a pure sequence of proposals."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from actors.generation.streams import proposals
from actors.language.court import Proposal, judge
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES
from actors.language.term import parts, to_record
from events.dataset import ColumnProfile
from events.question import Question, Source, stream_id
from tests.birds import COLUMNS, READER, SUBJECT
from tests.language.templates.asking import shipped
from tests.trying import SOURCES

ROOT = Path(__file__).parents[2]
PENGUINS = shipped("penguins_raw")
TELL = """
from itertools import islice
from actors.generation.streams import proposals
from events.identity import digest_of
from tests.birds import SUBJECT
for source in ("template", "procedural"):
    print(digest_of(repr(list(islice(proposals(source, SUBJECT, "key"), 60))).encode()))
"""


def first(source: Source, most: int = 60, key: str = "key") -> list[Proposal | None]:
    return list(islice(proposals(source, SUBJECT, key), most))


def programs(found: Sequence[Proposal | None]) -> list[str]:
    return [repr(to_record(proposal.answer)) for proposal in found if proposal]


@pytest.mark.parametrize("source", SOURCES)
def test_a_stream_is_the_same_whenever_it_is_drawn_and_however_far(source: Source) -> None:
    assert first(source) == first(source)
    assert first(source, 25) == first(source, 60)[:25]


@pytest.mark.parametrize("source", SOURCES)
def test_another_key_gives_another_stream(source: Source) -> None:
    assert first(source, key="key") != first(source, key="other")


def test_of_a_template_that_decides_each_way_that_it_goes_comes_in_turn() -> None:
    asked = [one for one in proposals("template", PENGUINS, "key") if one]
    deciding = [one.answer["p_value"] for one in asked if one.template == "adaptive_two_sample_test"]
    ways = [PENGUINS.arithmetic.decided(part) for node in deciding for part in parts(node)
            if part.operator == "adaptive_comparison"]  # fmt: skip
    found = [way[0] for way in ways if way]
    assert len(set(found[:4])) == 3, found
    normal = [one != "not normal" for one in found[:4]]
    assert normal[:2] == normal[2:], found
    assert normal[0] != normal[1], found
    assert Counter(found).most_common(1)[0][1] > len(found) / 2


def test_streams_do_not_depend_on_the_process_or_its_hash_seed() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", TELL],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(told[0].split()) == 2


@pytest.mark.parametrize("source", SOURCES)
def test_no_program_is_proposed_twice_and_repetitions_keep_their_place(source: Source) -> None:
    found = first(source, 400)
    assert len(set(programs(found))) == len(programs(found))
    assert all(proposal is None or proposal.source == source for proposal in found)


def test_the_template_stream_holds_every_binding_once_and_ends() -> None:
    found = list(proposals("template", SUBJECT, "key"))
    bindings = sum(len(list(template.bindings(COLUMNS))) for template in TEMPLATES)
    assert len(found) == bindings
    bound = {template.name for template in TEMPLATES if list(template.bindings(COLUMNS))}
    assert {proposal.template for proposal in found if proposal} == bound
    assert len(bound) > 40


@pytest.mark.parametrize("source", ["template", pytest.param("procedural", marks=pytest.mark.full)])
def test_a_table_that_allows_nothing_has_a_stream_that_ends(source: Source) -> None:
    barren = (ColumnProfile("id", "identifier", True, 0, 9), ColumnProfile("note", "text", False, 0, 9))
    table = Subject("d" * 32, READER, barren, pd.DataFrame({"id": range(9), "note": list("abcdefghi")}))
    assert len(list(islice(proposals(source, table, "key"), 1000))) < 1000


def test_a_stream_has_its_id_from_dataset_source_and_seed() -> None:
    ids = {stream_id(*given) for given in (("d", "template", 0), ("e", "template", 0), ("d", "procedural", 0),
                                           ("d", "template", 1))}  # fmt: skip
    assert len(ids) == 4


def test_another_template_leaves_the_questions_of_all_others_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for proposal in proposals("template", SUBJECT, "key"):
            question = judge(proposal, SUBJECT) if proposal else None
            if isinstance(question, Question):
                found.setdefault(str(question.recipe.template), set()).add(question.id)
        return found

    before, changed = asked(), TEMPLATES[0]
    other = replace(changed, sentences=tuple(f"Now then: {one}" for one in changed.sentences))
    for module in ("actors.generation.streams", "actors.language.parse_english", "actors.language.templates"):
        monkeypatch.setattr(f"{module}.TEMPLATES", (other, *TEMPLATES[1:]))
    after = asked()
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {changed.name}


def test_a_stream_is_the_same_whatever_its_table_was_asked_before() -> None:
    frame = pd.DataFrame({"id": range(14), "height": [3.0 * number for number in range(14)]})
    columns = (
        ColumnProfile("id", "identifier", True, 0, 14),
        ColumnProfile("height", "measure", True, 0, 14),
    )

    def table() -> Subject:
        return Subject("d" * 32, READER, columns, frame)

    def drawn(subject: Subject) -> list[str]:
        return [repr(one) for one in islice(proposals("procedural", subject, "key"), 12)]

    asked = table()
    for proposal in islice(proposals("template", asked, "key"), 40):
        if proposal is not None:
            judge(proposal, asked)
    drawn(asked)
    assert drawn(asked) == drawn(table())
