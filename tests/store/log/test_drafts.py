"""An event's line, put together from parts, is the one that the encoder writes."""

import msgspec
import pytest
from hypothesis import given, strategies as st

from events.runtime import Paused, WorkFailed, WorkStamp
from events.wire import decode, encode
from store.log.drafts import Draft, UnreadableEventError, checked, numbered
from store.log.lines import event_id

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
STAMPS = st.builds(WorkStamp, TEXTS, st.integers(1, 10**6), st.booleans())
EVENTS = st.builds(Paused, TEXTS) | st.builds(WorkFailed, TEXTS, st.integers(1, 10**6), TEXTS, st.booleans())
DRAFTS = st.builds(Draft, EVENTS, st.none() | TEXTS, st.none() | TEXTS, st.none() | STAMPS)


@given(st.lists(DRAFTS, max_size=4), TEXTS, st.integers(1, 2**53))
def test_lines_are_what_the_encoder_writes_and_what_a_reader_gets(
    drafts: list[Draft], home: str, first: int
) -> None:
    recorded, data = numbered([checked(draft) for draft in drafts], home, first, "2026-01-02T03:04:05+00:00")
    assert data == b"".join(encode(one) + b"\n" for one in recorded)
    assert [decode(line) for line in data.split(b"\n")[:-1]] == list(recorded)
    assert [one.seq for one in recorded] == list(range(first, first + len(drafts)))
    raws = [msgspec.json.encode(draft.event) for draft in drafts]
    assert [one.id for one in recorded] == [
        event_id(home, one.seq, raw) for one, raw in zip(recorded, raws, strict=True)
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"cause": 1},
        {"cause": "\ud800"},
        {"work": WorkStamp("key", "first")},  # type: ignore[arg-type]
        {"work": ("key", 1, False)},
    ],
)
def test_what_stands_beside_an_event_must_be_readable_too(wrong: dict[str, object]) -> None:
    with pytest.raises(UnreadableEventError):
        checked(Draft(Paused("full"), **wrong))  # type: ignore[arg-type]


def test_who_is_told_sees_what_stands_beside_an_event_as_a_reader_sees_it() -> None:
    draft = Draft(Paused("full"), correlation=b"bytes")  # type: ignore[arg-type]
    (told,), line = numbered([checked(draft)], "home", 1, "2026-01-02T03:04:05+00:00")
    assert told == decode(line)
