"""Adds what is new about events to the files that hold their forms: `python -m tests.histories.extend`.

A new event, a further field with a default or a wider type is added to `schema_v1.json`, and a new event gets its
line in `events_v1.jsonl`. Nothing is ever changed or removed: where an event can no longer be read as it was
written, both files are left alone and the reasons are told, with exit 1.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from events.envelope import Recorded
from events.runtime import WorkStamp
from events.struct import Event
from events.wire import UPCASTERS, AnyRecorded, encode
from tests.events.samples import EVENTS, plain
from tests.histories.forms import Form, forms_today
from tests.histories.lock import breaks

HERE = Path(__file__).parent
COMMAND = ".venv/bin/python -m tests.histories.extend"


@dataclass(frozen=True)
class Locked:
    """What is held fast about the events that there ever were."""

    schema: Path = HERE / "schema_v1.json"
    """The form of each, by tag."""
    samples: Path = HERE / "events_v1.jsonl"
    """A line of each, with every field that it had when it was added."""

    def forms(self) -> dict[str, Form]:
        """The forms by tag."""
        found: dict[str, Form] = msgspec.json.decode(self.schema.read_bytes())
        return found

    def lines(self) -> list[bytes]:
        """The lines without their ends."""
        return self.samples.read_bytes().splitlines()

    def lack(self, forms: Mapping[str, Form], kinds: Iterable[type[Event]]) -> list[str]:
        """What of these forms and events is not held yet, by tag."""
        held, known = self.forms(), set(map(tag_of, self.lines()))
        unlike = [tag for tag, form in forms.items() if held.get(tag) != form]
        return unlike + [kind.__name__ for kind in kinds if kind.__name__ not in known | {*unlike}]

    def extend(self, forms: Mapping[str, Form], kinds: Iterable[type[Event]]) -> list[str]:
        """Hold these too; the reasons against it, in which case nothing was added."""
        problems = breaks(self.forms(), forms, UPCASTERS.ends)
        if problems:
            return problems
        known = set(map(tag_of, self.lines()))
        new = [encode(recorded(plain(kind))) + b"\n" for kind in kinds if kind.__name__ not in known]
        self.schema.write_bytes(rendered({**self.forms(), **forms}))
        with self.samples.open("ab") as file:
            file.writelines(new)
        return []


def rendered(forms: Mapping[str, Form]) -> bytes:
    """Forms as a file: a line each, in order of tag, so that two new ones seldom meet in a merge."""
    lines = [b"%b:%b" % (msgspec.json.encode(tag), msgspec.json.encode(forms[tag])) for tag in sorted(forms)]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def tag_of(line: bytes) -> str:
    """The tag of an event line."""
    tag: str = msgspec.json.decode(line)["event"]["type"]
    return tag


def recorded(event: Event) -> AnyRecorded:
    """An event in an envelope of which every field is filled."""
    any_event: Any = event
    stamp = WorkStamp("key", 2, finishes=True)
    return Recorded(7, "2026-01-01T00:00:00.000007+00:00", "id", any_event, "cause", "correlation", stamp)


if __name__ == "__main__":
    sys.exit("\n".join(Locked().extend(forms_today(), EVENTS)) or 0)
