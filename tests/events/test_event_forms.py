"""The encoded form of an event changes only where lines on disks stay readable as what they meant."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from events.struct import Event, Fact
from events.wire import UPCASTERS
from tests.events.samples import EVENTS, of
from tests.histories.extend import COMMAND, Locked, rendered, tag_of
from tests.histories.forms import UndescribedTypeError, form_of, forms_today
from tests.histories.golden import without_added
from tests.histories.lock import breaks

Fields = list[tuple[Any, ...]]
Change = Callable[[Fields], Fields]
FORMS = forms_today()


class Part(Fact, frozen=True):
    name: str
    size: int = 1


PART: Fields = [("name", str), ("size", int, 1)]
SAMPLE: Fields = [
    ("key", str),
    ("kind", Literal["a", "b"]),
    ("parts", tuple[Part, ...]),
    ("counts", dict[str, int]),
    ("pair", tuple[int, str]),
    ("one", Part | None, None),
    ("note", str, ""),
]


def event(fields: Fields, tag: str = "Sample", **config: Any) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        "Sample", fields, bases=(Event,), frozen=True, tag=tag, tag_field="type", **config
    )


def part(fields: Fields) -> Any:
    return msgspec.defstruct("Part", fields, bases=(Fact,), frozen=True)


def typed(name: str, kind: Any, *default: Any) -> Change:
    """Give a field another type, and the default that is given or none."""
    return lambda fields: [(name, kind, *default) if one[0] == name else one for one in fields]


def within(*fields: tuple[Any, ...]) -> Change:
    """Give the struct in the list other fields."""
    other: Any = part(list(fields))
    return typed("parts", tuple[other, ...])


def with_defaults(fields: Fields) -> Fields:
    """Every field with a default."""
    return [one if len(one) == 3 else (*one, None) for one in fields]


def test_the_form_of_no_event_has_changed_so_that_old_lines_are_lost() -> None:
    problems = breaks(Locked().forms(), FORMS, UPCASTERS.ends)
    assert not problems, "\n".join(problems)


def test_the_form_of_every_event_is_locked() -> None:
    lacking = Locked().lack(FORMS, EVENTS)
    assert not lacking, f"{', '.join(lacking)}: `{COMMAND}` adds what is new"
    assert Locked().schema.read_bytes() == rendered(Locked().forms())


BREAKING: dict[str, tuple[Change, str]] = {
    "gone": (lambda fields: fields[1:], "Sample.key is gone"),
    "renamed": (lambda fields: [("id", str), *fields[1:]], "Sample.key is gone"),
    "swapped": (lambda fields: [fields[1], fields[0], *fields[2:]], "its fields in another order"),
    "put before": (lambda fields: [("first", str, ""), *with_defaults(fields)], "its fields in another order"),
    "added without default": (lambda fields: [*fields, ("more", str)], "Sample.more is new and has"),
    "without its default": (typed("note", str), 'Sample.note had a default, ""'),
    "another default": (typed("note", str, "none"), 'Sample.note had a default, ""'),
    "another type": (typed("key", int), "Sample.key was \"str\" and is \"int\""),
    "a type that some values have": (typed("key", Literal["k"]), "Sample.key was"),
    "a narrower number": (typed("counts", dict[str, Annotated[int, msgspec.Meta(ge=0)]]), "Sample.counts[] was"),
    "a limited number": (typed("counts", Annotated[dict[str, int], msgspec.Meta(max_length=3)]), "Sample.counts was"),
    "a wider number": (typed("counts", dict[str, float]), "Sample.counts[] was"),
    "a literal less": (typed("kind", Literal["a"]), 'Sample.kind can no longer be "b"'),
    "a union less": (typed("one", Part), "Sample.one can no longer be \"null\""),
    "another union": (typed("one", int | None, None), "Sample.one can no longer be an object of name, size"),
    "no list": (typed("parts", Part), "Sample.parts was"),
    "a longer pair": (typed("pair", tuple[int, str, int]), "Sample.pair had 2 items and has 3"),
    "another pair": (typed("pair", tuple[int, int]), "Sample.pair[1] was"),
    "gone within": (within(("name", str)), "Sample.parts[].size is gone"),
    "renamed within": (within(("name", str), ("length", int, 1)), "Sample.parts[].size is gone"),
    "required within": (within(("name", str), ("size", int)), "Sample.parts[].size had a default, 1"),
    "retyped within": (within(("name", int), ("size", int, 1)), "Sample.parts[].name was"),
    "gone within a union": (typed("one", part(PART[:1]) | None, None), "Sample.one.size is gone"),
}  # fmt: skip
ALLOWED: dict[str, Change] = {
    "nothing": lambda fields: fields,
    "another field with a default": lambda fields: [*fields, ("more", int | None, None)],
    "another within": within(*PART, ("more", tuple[int, ...], ())),
    "a literal more": typed("kind", Literal["a", "b", "c"]),
    "or null": typed("key", str | None),
    "a union more": typed("one", Part | int | None, None),
    "a default for what had none": with_defaults,
    "a struct of another name": typed("one", part(PART) | None, None),
}


def told(after: type[msgspec.Struct]) -> list[str]:
    return breaks({"Sample": form_of(event(SAMPLE))}, {"Sample": form_of(after)}, {})


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_old_lines_do_not_survive_is_told_with_what_to_do(name: str) -> None:
    change, what = BREAKING[name]
    problems = told(event(change(list(SAMPLE)), kw_only=True))
    assert any(what in problem for problem in problems), problems
    assert all("declare the new form under a new tag" in problem for problem in problems)
    assert all("an upcaster in events/upcast.py" in problem for problem in problems)


@pytest.mark.parametrize("config", [{"rename": "camel"}, {"array_like": True}, {"omit_defaults": True}])
def test_another_spelling_of_the_same_fields_is_told(config: dict[str, Any]) -> None:
    spelled = [*SAMPLE, ("last_of_all", str, "")]
    before, after = form_of(event(spelled)), form_of(event(spelled, **config))
    assert len(breaks({"Sample": before}, {"Sample": after}, {})) == 1


@pytest.mark.parametrize("name", ALLOWED)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_wider_form_is_allowed_and_reads_every_old_line(name: str, data: st.DataObject) -> None:
    before, after = event(SAMPLE), event(ALLOWED[name](list(SAMPLE)))
    assert told(after) == []
    line = msgspec.json.encode(data.draw(of(before)))
    assert without_added(line, msgspec.json.encode(msgspec.json.decode(line, type=after))) == line


def test_an_event_that_is_gone_needs_an_upcaster() -> None:
    forms = {"Sample": form_of(event(SAMPLE))}
    (problem,) = breaks(forms, {}, {})
    assert "Sample is gone; logs hold it" in problem
    assert breaks(forms, {"Other": form_of(event(SAMPLE, "Other"))}, {"Sample": "Other"}) == []
    (problem,) = breaks(forms, {"Sample": form_of(event(SAMPLE, "Other"))}, {})
    assert "Sample was an object" in problem


@pytest.mark.parametrize("tag", FORMS)
def test_no_field_of_an_event_or_of_what_is_in_it_can_go_or_change_unnoticed(tag: str) -> None:
    tried = 0
    for changed in with_one_field_changed(FORMS[tag]):
        assert breaks({tag: FORMS[tag]}, {tag: changed}, {}), changed
        tried += 1
    assert tried >= 3 * len(FORMS[tag]["fields"])


def with_one_field_changed(form: Any) -> Iterator[Any]:
    """Every form that comes of taking away, renaming or retyping one field at any depth."""
    if isinstance(form, dict):
        for place, field in enumerate(form.get("fields", ())):
            for other in ([], [["other", *field[1:]]], [[field[0], {"literal": [9]}, *field[2:]]]):
                yield form | {"fields": [*form["fields"][:place], *other, *form["fields"][place + 1 :]]}
            for inner in with_one_field_changed(field[1]):
                changed = [field[0], inner, *field[2:]]
                yield form | {"fields": [*form["fields"][:place], changed, *form["fields"][place + 1 :]]}
        for key in ("list of", "object of"):
            yield from (form | {key: inner} for inner in with_one_field_changed(form.get(key)))
        for place, one in enumerate(form.get("any of", ())):
            for inner in with_one_field_changed(one):
                yield {"any of": [*form["any of"][:place], inner, *form["any of"][place + 1 :]]}


def test_a_type_without_a_form_is_refused_and_not_locked_as_anything() -> None:
    with pytest.raises(UndescribedTypeError, match="describe it"):
        form_of(event([("when", datetime)]))


@pytest.fixture
def locked(tmp_path: Path) -> Locked:
    """Files that hold all but the last two events."""
    files, new = (
        Locked(tmp_path / "schema.json", tmp_path / "lines.jsonl"),
        {kind.__name__ for kind in EVENTS[-2:]},
    )
    files.schema.write_bytes(rendered({tag: form for tag, form in FORMS.items() if tag not in new}))
    files.samples.write_bytes(b"".join(line + b"\n" for line in Locked().lines() if tag_of(line) not in new))
    return files


def test_extending_adds_new_events_and_changes_nothing_else(locked: Locked) -> None:
    schema, lines = locked.schema.read_bytes().splitlines(), locked.samples.read_bytes()
    assert locked.lack(FORMS, EVENTS) == [kind.__name__ for kind in EVENTS[-2:]]
    assert locked.extend(FORMS, EVENTS) == []
    assert locked.lack(FORMS, EVENTS) == []
    assert {line.rstrip(b",") for line in schema} <= {
        line.rstrip(b",") for line in locked.schema.read_bytes().splitlines()
    }
    assert locked.samples.read_bytes().startswith(lines)
    assert len(locked.lines()) == len(lines.splitlines()) + 2


def test_extending_refuses_what_old_lines_do_not_survive_and_adds_nothing(locked: Locked) -> None:
    before = locked.schema.read_bytes(), locked.samples.read_bytes()
    narrower = {**FORMS, "HomeOpened": next(with_one_field_changed(FORMS["HomeOpened"]))}
    (problem,) = locked.extend(narrower, EVENTS)
    assert "HomeOpened.home is gone" in problem
    assert (locked.schema.read_bytes(), locked.samples.read_bytes()) == before
