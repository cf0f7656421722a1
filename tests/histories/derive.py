"""How `older_tags/` and `untold_stream/` were made from `two_runs/`: `python -m tests.histories.derive`.

Each is a log as a writer would have left it: places without gaps, ids that follow from the lines, one batch sealed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from store.log.lines import START, event_id, seal
from tests.histories.extend import tag_of
from tests.histories.golden import HISTORIES, event_lines
from tests.histories.invented import as_it_was

SOURCE = "two_runs"
SEGMENT = "00000001.jsonl"
Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def older_tags() -> bytes:
    """The source up to the acknowledged failure, each event under the oldest tag that it can have."""
    return written(_upto("FailureAcknowledged"), as_it_was)


def untold_stream() -> bytes:
    """The source up to its first attempt, without the request of the stream that the first proposal belongs to."""
    lines = _upto("AttemptEnded")
    first = next(line for line in lines if tag_of(line) in ("QuestionAccepted", "QuestionRejected"))
    stream = msgspec.json.decode(first)["event"]["stream"].encode()
    return written([line for line in lines if not (tag_of(line) == "StreamRequested" and stream in line)])


def written(lines: Sequence[bytes], change: Change = dict) -> bytes:
    """A log of these events after a change: numbered, named and sealed anew, and each id replaced where it is cited."""
    home = msgspec.json.decode(lines[0])["event"]["home"]
    renamed: dict[bytes, bytes] = {}
    done = []
    for seq, line in enumerate(lines, start=1):
        for was, now in renamed.items():
            line = line.replace(was, now)  # noqa: PLW2901  cited ids are those of earlier events
        whole = msgspec.json.decode(line)
        raw = msgspec.json.encode(change(whole["event"]))
        key = event_id(home, seq, raw)
        renamed[whole["id"].encode()] = key.encode()
        done.append(msgspec.json.encode({**whole, "seq": seq, "id": key, "event": msgspec.Raw(raw)}) + b"\n")
    data = b"".join(done)
    commit, head = seal(START, len(done), data)
    return data + commit + seal(head, 0, b"")[0]


def _upto(tag: str) -> list[bytes]:
    """The lines of the source up to the first event under this tag."""
    lines = event_lines(SOURCE)
    return lines[: 1 + next(place for place, line in enumerate(lines) if tag_of(line) == tag)]


DERIVED: Mapping[str, Callable[[], bytes]] = {"older_tags": older_tags, "untold_stream": untold_stream}

if __name__ == "__main__":
    for name, derived in DERIVED.items():
        folder = HISTORIES / name / "log"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SEGMENT).write_bytes(derived())
