"""A process of its own that finds events by index and by reading everything; it tells where the two differ.

It is started with tags that were retired before anything of ours was imported: see `test_index_of_older_logs`.
"""

import json
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import anyio

from events.wire import TAGS, AnyRecorded
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.index import LogIndex
from store.log.lines import event_tag
from store.log.read import batches, read_events
from tests.store.log.disks import QuickDisk
from tests.store.log.indexing import SEGMENT_BYTES

KINDS = tuple(dict.fromkeys(TAGS.values()))


def differences(home: Home) -> list[str]:
    """Every question to which the index and a full reading give different answers."""
    every = list(read_events(home))
    found: list[str] = []
    with closing(LogIndex(home)) as index:
        for kind in KINDS:
            wanted = [one for one in every if isinstance(one.event, kind)]
            middle = len(every) // 2
            answers = {
                "of type": (list(index.of_types((kind,))), wanted),
                "of type, read": (list(read_events(home, types=(kind,))), wanted),
                "of other types": (
                    list(index.of_types(tuple(other for other in KINDS if other is not kind))),
                    [one for one in every if not isinstance(one.event, kind)],
                ),
                "after": (list(index.of_types((kind,), middle)), [one for one in wanted if one.seq > middle]),
                "last": (index.last(2, (kind,)), wanted[-2:]),
            }
            found += [f"{asked} {kind.__name__}" for asked, (given, due) in answers.items() if given != due]
        found += [f"at {one.seq}" for one in every if index.at(one.seq) != one]
        found += _in_streams(index, every)
    return found


def _in_streams(index: LogIndex, every: list[AnyRecorded]) -> list[str]:
    found: list[str] = []
    for word in {one.correlation for one in every if one.correlation is not None}:
        of_it = [one for one in every if one.correlation == word]
        for kind in {type(one.event) for one in of_it}:
            due = [one for one in of_it if type(one.event) is kind]
            if list(index.stream(word, (kind,))) != due:
                found.append(f"{kind.__name__} of {word}")
    return found


def tags(home: Home) -> dict[str, int]:
    """How many lines stand under each tag."""
    return dict(Counter(event_tag(line).decode() for batch in batches(home) for line in batch.lines))


async def append_again(home: Home, number: int) -> None:
    """Append some of the log's own events once more, as they are written today."""
    every = [one for one in read_events(home) if one.seq > 1]
    async with LogWriter.open(home, segment_bytes=SEGMENT_BYTES, disk=QuickDisk()) as writer:
        for one in every[:number]:
            await writer.append([Draft(one.event, correlation=one.correlation)])


def told(home: Home) -> dict[str, object]:
    """What is found now."""
    return {"differences": differences(home), "tags": tags(home)}


if __name__ == "__main__":
    place = Home(Path(sys.argv[1]))
    before = told(place)
    anyio.run(append_again, place, 20)
    sys.stdout.write(json.dumps([before, told(place)]))
