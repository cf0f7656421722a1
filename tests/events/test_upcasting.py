"""What was written under a retired tag is read as what took its place; what a newer version wrote is named."""

import copy
from itertools import pairwise
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings

from events.runtime import HomeOpened, RunStarted
from events.struct import Event
from events.upcast import RETIRED, BrokenChainError, Fields, Upcaster, UpcastError, Upcasters
from events.version import installed_version
from events.wire import TAGS, UPCASTERS, AnyEvent, FutureEventError, decode, decode_many, encode
from store.log.drafts import Draft, UnreadableEventError, checked
from tests.events.samples import events
from tests.histories.extend import Locked, recorded
from tests.histories.golden import event_lines
from tests.histories.invented import INVENTED, as_it_was

WRITTEN = {kind.__name__ for kind in get_args(AnyEvent)}
OLDER = Upcasters(WRITTEN, INVENTED)
LINE = encode(recorded(RunStarted("run", 0, ("template",))))


def same(fields: Fields) -> Fields:
    return fields


def chain(*tags: str) -> tuple[Upcaster, ...]:
    return tuple(Upcaster(old, new, same) for old, new in pairwise(tags))


def under(tag: str, line: bytes = LINE, **changed: Any) -> bytes:
    """The line as if its event had another tag, and other fields."""
    whole = msgspec.json.decode(line)
    return msgspec.json.encode(whole | {"event": {**whole["event"], **changed, "type": tag}})


@given(events())
@settings(max_examples=200, deadline=None)
def test_an_event_under_its_oldest_tag_is_read_as_it_would_be_written_today(event: Event) -> None:
    whole = msgspec.json.decode(encode(recorded(event)))
    old = msgspec.json.encode(whole | {"event": as_it_was(whole["event"])})
    assert decode(old, OLDER) == recorded(event)
    assert decode_many(old + b"\n" + LINE + b"\n", OLDER) == [recorded(event), decode(LINE)]


def test_no_upcaster_changes_what_it_is_given_and_each_gives_the_same_twice() -> None:
    steps = {step.old: step for step in (*RETIRED, *INVENTED)}
    tried = set[str]()
    for event in retired_events():
        tag, fields = event["type"], {name: value for name, value in event.items() if name != "type"}
        while tag in steps:
            before = copy.deepcopy(fields)
            first, second = steps[tag].change(fields), steps[tag].change(fields)
            assert fields == before
            assert first == second
            tried.add(tag)
            tag, fields = steps[tag].new, dict(first)
    assert tried == steps.keys(), "an upcaster is tried on a line of the tag that it retires"


def retired_events() -> list[dict[str, Any]]:
    """Events that were written under tags that are retired by now."""
    golden = event_lines("older_tags")
    return [msgspec.json.decode(line)["event"] for line in (*Locked().lines(), *golden)]


def test_a_chain_is_followed_to_its_end() -> None:
    upcasters = Upcasters(WRITTEN, chain("A", "B", "C", "RunStarted"))
    assert upcasters.ends == dict.fromkeys(("A", "B", "C"), "RunStarted")
    for tag in "ABC":
        assert decode(under(tag), upcasters) == decode(LINE)


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (chain("A", "B", "A"), "A -> B -> A goes round in a circle"),
        (chain("A", "A"), "A -> A goes round in a circle"),
        (chain("A", "B", "C", "B"), "A -> B -> C -> B goes round in a circle"),
        (chain("A", "B"), "A -> B leads to no event that is written"),
        (chain("RunStarted", "HomeOpened"), "RunStarted is still written"),
        ((*chain("A", "RunStarted"), *chain("A", "HomeOpened")), "A has an upcaster already"),
    ],
)
def test_steps_that_lead_nowhere_are_refused_when_they_are_registered(
    steps: tuple[Upcaster, ...], told: str
) -> None:
    with pytest.raises(BrokenChainError, match=told):
        Upcasters(WRITTEN, steps)


def test_every_tag_that_can_be_read_is_known_with_the_type_that_it_is_read_as() -> None:
    assert TAGS.keys() == WRITTEN | UPCASTERS.ends.keys()
    assert all(TAGS[tag] is TAGS[end] for tag, end in UPCASTERS.ends.items())
    assert all(kind.__name__ in WRITTEN for kind in TAGS.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda fields: {"command": fields["verb"]},
            "the step from Begun to RunStarted fails: KeyError: 'verb'",
        ),
        (lambda fields: {"command": fields["command"].verb}, "AttributeError"),
        (lambda _: {"command": "run"}, "missing required field `seed`"),
        (lambda fields: {**fields, "more": 1}, "unknown field `more`"),
    ],
)
def test_an_event_for_which_its_upcaster_was_not_written_is_refused(change: Any, told: str) -> None:
    upcasters = Upcasters(WRITTEN, [Upcaster("Begun", "RunStarted", change)])
    with pytest.raises(UpcastError, match="Begun cannot be read as RunStarted") as caught:
        decode(under("Begun"), upcasters)
    assert told in str(caught.value)


def test_an_event_under_a_retired_tag_cannot_be_recorded() -> None:
    class Begun(Event, frozen=True):
        command: str

    with pytest.raises(UnreadableEventError, match="Begun cannot be recorded: Invalid value 'Begun'"):
        checked(Draft(Begun("run")))


def test_an_event_of_a_newer_version_is_refused_by_its_tag_with_what_to_upgrade() -> None:
    with pytest.raises(FutureEventError) as caught:
        decode(under("RunForgotten"))
    assert str(caught.value) == (
        f"tracegate {installed_version()}, which is installed here, knows no event RunForgotten: "
        "a newer version wrote it; upgrade tracegate to that version or a later one"
    )
    with pytest.raises(FutureEventError, match="no event RunForgotten"):
        decode_many(LINE + b"\n" + under("RunForgotten"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (under("RunStarted", more=1), r"RunStarted otherwise .*unknown field `more` - at `\$\.event`"),
        (
            under("RunStarted", seed=None),
            r"RunStarted otherwise .*Expected `int`, got `null` - at `\$\.event\.seed`",
        ),
        (
            LINE.replace(b'"finishes"', b'"ends"'),
            r"RunStarted otherwise .*unknown field `ends` - at `\$\.work`",
        ),
        (LINE.replace(b'{"seq"', b'{"more":1,"seq"'), r"RunStarted otherwise .*unknown field `more`"),
        (
            under("WorkerStarted", worker="1", backend="cloud", level="process", fingerprint="f"),
            "WorkerStarted otherwise .*(unknown field|'cloud')",
        ),
    ],
)
def test_a_field_or_value_of_a_newer_version_is_refused_by_its_name(line: bytes, told: str) -> None:
    with pytest.raises(FutureEventError, match=told) as caught:
        decode(line)
    assert f"tracegate {installed_version()}, which is installed here" in str(caught.value)
    assert "a newer version may have written it; upgrade tracegate" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace(b'"seed":0,', b""),
        LINE.replace(b'"type":"RunStarted",', b""),
        LINE.replace(b'"RunStarted"', b"7"),
        encode(recorded(HomeOpened("h", "v"))).replace(b',"version":"v"', b""),
        LINE[:-1],
        b"7",
    ],
)
def test_what_no_version_can_have_written_is_not_called_newer(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        decode(line)
    assert not isinstance(caught.value, FutureEventError)
