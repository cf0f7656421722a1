"""What is written to the log can be read again, by this version and by every later one."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.question import Question, question_id
from events.runtime import HomeOpened
from events.struct import Event
from events.wire import UPCASTERS, decode, decode_many, encode
from tests.events.samples import EVENTS, events, plain
from tests.histories.extend import Locked, recorded, tag_of
from tests.histories.golden import without_added
from tests.history import question, told

ROOT = Path(__file__).parents[2]
DECLARATIONS = sorted((ROOT / "events").glob("*.py"))


def as_object(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(encode(recorded(event)))
    return found


@given(events())
@settings(max_examples=150)
def test_every_event_comes_back_as_it_was_written(event: Event) -> None:
    line = encode(recorded(event))
    assert b"\n" not in line
    assert decode(line) == recorded(event)
    assert encode(decode(line)) == line


@given(st.lists(events(), max_size=5))
@settings(max_examples=50, deadline=None)
def test_many_lines_are_read_as_each_of_them_is(told_of: list[Event]) -> None:
    lines = [encode(recorded(event)) + b"\n" for event in told_of]
    assert decode_many(b"".join(lines)) == decode_many(memoryview(b"".join(lines)))
    assert decode_many(b"".join(lines)) == [decode(line) for line in lines]


@pytest.mark.parametrize("damage", [b"{", b"null\n", b"[]\n", b'{"seq":1}\n', b"\xff\n"])
def test_many_lines_among_which_one_is_no_event_are_refused(damage: bytes) -> None:
    line = encode(recorded(HomeOpened("home", "0.1.0"))) + b"\n"
    for lines in (line + damage + line, damage + line, line + damage):
        with pytest.raises(msgspec.DecodeError):
            decode_many(lines)


@pytest.mark.parametrize("kind", EVENTS)
def test_every_type_comes_back_with_all_its_fields_filled(kind: type[Event]) -> None:
    event = plain(kind)
    assert decode(encode(recorded(event))) == recorded(event)
    assert as_object(event)["event"]["type"] == kind.__name__


def test_a_whole_history_comes_back() -> None:
    for one in told().events:
        assert decode(encode(one)) == one


@pytest.mark.parametrize("kind", EVENTS)
def test_an_unknown_or_missing_field_is_refused_at_every_depth(kind: type[Event]) -> None:
    whole = as_object(plain(kind))
    assert decode(msgspec.json.encode(whole))
    for changed in _with_unknown(whole):
        if changed != whole:
            with pytest.raises(msgspec.ValidationError):
                decode(msgspec.json.encode(changed))
    for field in msgspec.structs.fields(kind):
        if field.required:
            without = {name: value for name, value in whole["event"].items() if name != field.name}
            with pytest.raises(msgspec.ValidationError, match=f"missing required field `{field.name}`"):
                decode(msgspec.json.encode(whole | {"event": without}))


def _with_unknown(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield whole | {"extra": 1}
    yield whole | {"event": whole["event"] | {"extra": 1}}
    yield whole | {"work": whole["work"] | {"extra": 1}}
    for name, value in whole["event"].items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield whole | {"event": whole["event"] | {name: [value[0] | {"extra": 1}]}}


@pytest.mark.parametrize("tag", ["QuestionForgotten", "questionaccepted", "", None, 1])
def test_an_unknown_type_is_refused(tag: object) -> None:
    whole = as_object(HomeOpened("home", "0.1.0"))
    with pytest.raises(msgspec.ValidationError):
        decode(msgspec.json.encode(whole | {"event": whole["event"] | {"type": tag}}))


@pytest.mark.parametrize("line", [b"", b"{", b"null", b"[]", b'{"seq": 1}', b"\xff"])
def test_what_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(line)


def test_every_event_is_in_the_union_under_the_name_of_its_class() -> None:
    declared = {kind for kind in Event.__subclasses__() if kind.__module__.startswith("events.")}
    assert declared == set(EVENTS)
    assert all(kind.__struct_config__.tag == kind.__name__ for kind in EVENTS)
    assert all(kind.__struct_config__.frozen for kind in EVENTS)


def test_what_an_earlier_version_wrote_is_read_and_written_as_it_was() -> None:
    lines = Locked().lines()
    assert {kind.__name__ for kind in EVENTS} <= set(map(tag_of, lines))
    for line in lines:
        found = decode(line)
        assert type(found.event) in EVENTS
        if tag_of(line) not in UPCASTERS:
            assert without_added(line, encode(found)) == line


def test_a_question_has_another_id_when_what_is_asked_changes_and_only_then() -> None:
    asked = question("d", "template", 0)
    other = plain(Question)
    recipe = msgspec.structs.replace(asked.recipe, template="other", operators={"mean": 2}, phrasing=1)
    assert _id(msgspec.structs.replace(asked, recipe=recipe)) == asked.id
    changed = {
        field: _id(msgspec.structs.replace(asked, **{field: getattr(other, field)})) != asked.id
        for field in Question.__struct_fields__
    }
    moving = {"source", "dataset", "question_text", "contract", "recipe"}
    assert {field for field, moved in changed.items() if moved} == moving


def _id(asked: Question) -> str:
    return question_id(asked.source, asked.dataset, asked.recipe.program, asked.question_text, asked.contract)


@pytest.mark.parametrize("path", DECLARATIONS, ids=lambda path: path.stem)
def test_every_field_is_explained_by_a_sentence(path: Path) -> None:
    unexplained = [
        f"{owner.name}.{ast.unparse(field.target)}"
        for owner in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(owner, ast.ClassDef) and {ast.unparse(base) for base in owner.bases} & {"Fact", "Event"}
        for field, after in zip(owner.body, [*owner.body[1:], None], strict=True)
        if isinstance(field, ast.AnnAssign) and not _is_sentence(after)
    ]
    assert not unexplained


def _is_sentence(node: ast.stmt | None) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    said = str(node.value.value)
    return (said[0].isupper() or said[0] in "`0") and said.rstrip()[-1] in ".…"
