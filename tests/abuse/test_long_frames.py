"""Whatever a session puts into one frame, its host has time for the others meanwhile."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing

import anyio
import anyio.lowlevel
import msgspec
import pytest

from actors.workers.channel import Channel
from actors.workers.sandbox.framing import MAX_RECORD, pack
from actors.workers.session import opened
from events.frames import Limits, New, Result
from events.trace import CellResult, HookRaised
from events.values import value_of
from tests.abuse.test_forged import Scripted

ROOM = MAX_RECORD - 1000
HELD_SECONDS = 0.1
"""Most of these took three to twenty times as long when they were read in one step."""
TRIES = 3
_EMPTY = pack(1, Result(result=CellResult(number=0, stdout="x")))[9:].decode()


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """What else lies in this process is not looked through by its collector meanwhile."""
    gc.freeze()
    yield
    gc.unfreeze()


def many(item: str) -> str:
    """A list of as many as a frame has room for."""
    return "[" + ",".join([item] * (ROOM // (len(item) + 1) - 300)) + "]"


def answered(answer: str) -> str:
    given = f'{{"answer":{answer},"digest":"{"0" * 32}"}}'
    return _EMPTY.replace('"submission":null', f'"submission":{given}')


def hooked(shown: str, more: str = "") -> str:
    value = f'{{"kind":"sequence","digest":"{"0" * 32}","size":1,"shown":{shown}}}'
    return _EMPTY.replace('"hooks":[]', f'"hooks":[{{"name":"x","code_line":"x","value":{value}{more}}}]')


def frame(body: bytes) -> bytes:
    return pack(1, Result(result=CellResult(number=0)))[:5] + len(body).to_bytes(4, "big") + body


BODIES = {
    "lists in an answer": answered(many("[]")),
    "objects in an answer": answered(many('{"":0}')),
    "numbers in an answer": answered(many("1")),
    "forms in a hook": hooked('[["sequence",' + many('["sequence",[]]') + "]]"),
    "names in a hook": hooked("[]", ',"depends_on":' + many('"a"')),
    "statements": _EMPTY.replace('"statements":[]', '"statements":' + many('{"source":"x"}')),
    "frames of an error": _EMPTY.replace(
        '"error":null', '"error":{"kind":"","message":"","frames":' + many('"a"') + "}"
    ),
}


async def longest_hold(said: bytes) -> tuple[float, CellResult]:
    """Seconds for which the loop was held at most while a session's host reads this; and what it read."""
    link, held, heard = Scripted([said], honest=1), [0.0], anyio.Event()

    async def tick() -> None:
        before = time.perf_counter()
        while not heard.is_set():
            await anyio.lowlevel.checkpoint()
            now = time.perf_counter()
            held.append(now - before)
            before = now

    with closing(link):
        channel = Channel(link)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(channel.pump)
            async with opened(channel, New("d", Limits())) as session:
                tasks.start_soon(tick)
                result = await session.run("1")
                heard.set()
            tasks.cancel_scope.cancel()
    return max(held), result


async def hold(said: bytes) -> tuple[float, CellResult]:
    """The same, of the best of some tries: the machine may be busy with something else."""
    tries = [await longest_hold(said) for _ in range(TRIES)]
    return min(tries, key=lambda one: one[0])


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_no_frame_holds_its_host_and_it_ends_its_author(body: str) -> None:
    assert MAX_RECORD - 10_000 < len(body) <= MAX_RECORD
    held, result = await hold(frame(body.encode()))
    assert result.end is not None
    assert result.end.reason == "crashed"
    assert held < HELD_SECONDS


async def test_a_long_record_that_is_honest_holds_nobody_either() -> None:
    hook = HookRaised("x", "x = y", value_of([[[]] * 20] * 100), ("y",))
    body = msgspec.json.encode(Result(result=CellResult(number=0, hooks=(hook,))))
    hooks = (hook,) * (ROOM // len(body))
    held, result = await hold(pack(1, Result(result=CellResult(number=0, hooks=hooks))))
    assert (result.end, len(result.hooks)) == (None, len(hooks))
    assert held < HELD_SECONDS
