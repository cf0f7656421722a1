"""A line that nobody of ours wrote, behind digests that hold, is told for what it is: no repair would help."""

from pathlib import Path

import anyio
import msgspec
import pytest

from store.home import Home
from store.log.append import LogWriter
from store.log.lines import seal
from store.log.read import LogForeign, batches, read_events
from store.log.repair import repair
from store.log.verify import verify_log
from store.replay import rebuild


def forged(home: Home, event: dict[str, object], seq: int) -> Path:
    """The segment of a log to which somebody added an event with a right commit."""

    async def begin() -> None:
        async with LogWriter.open(home):
            pass

    anyio.run(begin)
    *_, last = batches(home)
    line = b'{"seq":%d,"time":"","id":"","event":%s,"cause":null,"correlation":null,"work":null}\n' % (
        seq,
        msgspec.json.encode(event),
    )
    commit, _ = seal(last.head, 1, line)
    path = home.log / last.segment
    with path.open("ab") as file:
        file.write(line + commit)
    return path


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"type": "Paused"}, "missing required field"),
        ({"type": "RunStarted", "command": "run"}, "missing required field"),
    ],
    ids=["Paused", "RunStarted"],
)
def test_a_forged_event_is_named_and_a_repair_is_not_offered(
    home: Home, event: dict[str, object], what: str
) -> None:
    path = forged(home, event, 2)
    before = path.read_bytes()
    for read in (lambda: list(read_events(home)), lambda: rebuild(home)):
        with pytest.raises(LogForeign) as error:
            read()
        said = str(error.value)
        assert f"{path.name}, bytes " in said
        assert what in said
        assert "`tracegate log repair` finds nothing to cut: restore the file from a copy" in said
        assert "give up" not in said
    assert anyio.run(repair, home) is None, "as the message says"
    (problem,) = verify_log(home).problems
    assert what in problem.what
    assert path.read_bytes() == before
