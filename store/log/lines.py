"""The two kinds of lines of the log: a recorded event, and the commit that ends each batch.

A commit line is right when it is, byte by byte, the line that the writer would write at that place: a tab and
`{"commit":{"count":2,"first":7,"digest":"…","previous":"…"}}`. `digest` covers the bytes of the batch's event
lines, `previous` is the digest of the commit line before: a chain. JSON allows the tab, and no event line
holds one, since in a string it is escaped: so the ends of batches are found at the speed of `memchr`.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import xxhash

from events.identity import digest_of
from events.struct import Event, Fact
from events.wire import TAGS

COMMIT_MARK = b'\t{"commit":'
EVENT_MARK = b'{"seq":'
_TYPE_MARK = b'"event":{"type":"'
_MARK_WITHIN = 160
_CORRELATION_MARK = b',"correlation":"'
TYPES: dict[bytes, type[Event]] = {tag.encode(): kind for tag, kind in TAGS.items()}
"""The type that each tag is read as, retired ones included."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for bytes that are no JSON of the right shape, no UTF-8, or nested without end."""


class Commit(Fact, frozen=True):
    """What ends a batch."""

    count: int
    """How many events it holds; 0 in the batch that seals a log at a clean stop."""
    first: int
    """The place of its first event, or of the next one when it holds none."""
    digest: str
    """xxh3-128 of its event lines, line ends included."""
    previous: str
    """xxh3-128 of the commit line before it, without its line end."""


class CommitLine(Fact, frozen=True):
    """A commit as it stands on its line."""

    commit: Commit
    """The commit."""


class Head(NamedTuple):
    """Where a log ends."""

    seq: int
    """The place of its last event; 0 when it has none."""
    chain: str
    """xxh3-128 of its last commit line: binds everything before it."""


START = Head(0, "0" * 32)
"""The head of a log without a batch."""


class _EventLine(msgspec.Struct):
    """An event line with the event as it stands on it."""

    event: msgspec.Raw


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(CommitLine)
_EVENT_DECODER = msgspec.json.Decoder(_EventLine)


def seal(head: Head, count: int, data: bytes | memoryview) -> tuple[bytes, Head]:
    """The commit line, with its line end, of so many event lines after this head; and the new head."""
    line = b'\t{"commit":{"count":%d,"first":%d,"digest":"%s","previous":"%s"}}\n' % (
        count,
        head.seq + 1,
        xxhash.xxh3_128_hexdigest(data).encode(),
        head.chain.encode(),
    )
    return line, Head(head.seq + count, chain_of(line))


def chain_of(line: bytes) -> str:
    """What the next commit line says of this one."""
    return xxhash.xxh3_128_hexdigest(line.removesuffix(b"\n"))


def parse_commit(line: bytes) -> Commit | None:
    """The commit of a line; None when it holds none."""
    try:
        return _DECODER.decode(line).commit
    except UNREADABLE:
        return None


def event_id(home: str, seq: int, raw: bytes) -> str:
    """The id of an event: digest of the home's id, its place, and the event as it stands on its line.

    Not encoded anew: fields that are added later, and what is read in place of a retired event, change no id.
    """
    return ids_in(home)(seq, raw)


def ids_in(home: str) -> Callable[[int, bytes], str]:
    """Gives the ids of events of one home, as `event_id`; what is the same in all of them is spelled once."""
    form = b'["event",%s,%%d,%%s]' % _ENCODER.encode(home).replace(b"%", b"%%")
    return lambda seq, raw: digest_of(form % (seq, raw))


def raw_event(line: bytes) -> bytes:
    """The event of an event line, byte by byte as it stands there.

    Raises:
        msgspec.DecodeError: it is no event line.
    """
    return bytes(_EVENT_DECODER.decode(line).event)


def event_type(line: bytes) -> type[Event] | None:
    """The type that an event line is read as, found without decoding it; None when it is not known."""
    return TYPES.get(event_tag(line))


def event_tag(line: bytes) -> bytes:
    """The tag of an event line's event, found without decoding it; empty when there is none."""
    start = line.find(_TYPE_MARK, 0, _MARK_WITHIN)
    if start < 0:
        return b""
    start += len(_TYPE_MARK)
    return line[start : line.find(b'"', start)]


def correlation_of(line: bytes) -> bytes | None:
    """What an event line belongs to, as spelled in it, found without decoding it; None when nothing.

    A quote inside a string is escaped, so the mark stands only where a key begins; the envelope's is last.
    """
    start = line.rfind(_CORRELATION_MARK)
    if start < 0:
        return None
    start += len(_CORRELATION_MARK)
    end = line.find(b'"', start)
    while _escaped(line, end):
        end = line.find(b'"', end + 1)
    return line[start:end]


def _escaped(line: bytes, quote: int) -> bool:
    """Whether a quote is escaped: an odd number of backslashes stands before it."""
    before = quote
    while line.startswith(b"\\", before - 1):
        before -= 1
    return (quote - before) % 2 == 1
