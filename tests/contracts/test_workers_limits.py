"""What happens to a session that goes too far, and that nothing happens to the others, on every backend."""

from typing import Any, Protocol

import anyio
import pytest

from actors.workers.pool import Pool
from actors.workers.sandbox.framing import pack
from actors.workers.session import SessionOver
from events.frames import Exit, Opened, Result
from events.identity import canonical_json, digest_of
from events.trace import CellResult, SessionEnd, Submission

pytestmark = pytest.mark.asyncio(loop_scope="module")

STUBBORN = """
def heedless():
    while True:
        try:
            while True: pass
        except BaseException: pass
while True:
    try:
        heedless()
    except BaseException: pass
""".strip()
"""Twice over: where processors are scarce the next interrupt may come while one is being caught."""
SPENT = """
import os, threading, time
def burn(most):
    while time.process_time() < most and time.monotonic() < until: pass
def spend():
    global until
    until = time.monotonic() + 1.0
    thread = threading.Thread(target=burn, args=(0.25,))
    thread.start(); thread.join()
    burn(0.5)
    return time.process_time()
"""

nested: Any = 1
for _ in range(500):
    nested = [nested]


def answered(answer: Any, digest: str) -> bytes:
    """The frame of a result that holds this answer."""
    return pack(9, Result(result=CellResult(number=0, submission=Submission(answer, digest))))


class RunCells(Protocol):
    async def __call__(self, *codes: str) -> list[CellResult]: ...


def reason(result: CellResult) -> str | None:
    return result.end.reason if result.end else None


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    pass",
        "import time\ntime.sleep(60)",
        "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
        "class Slow:\n    def __repr__(self):\n        while True:\n            pass\nSlow()",
        "def f(n):\n    try:\n        while True: pass\n    finally:\n        raise ValueError(n)\nf(1)",
    ],
)
async def test_a_cell_over_its_time_is_interrupted_and_its_state_kept(cells: RunCells, code: str) -> None:
    _, late, after = await cells("x = 41", code, "x + 1")
    assert late.error is not None
    assert late.error.kind == "CellTimeout"
    assert late.end is None
    assert after.display == "42"


async def test_a_cell_that_ignores_its_interrupt_is_killed(cells: RunCells) -> None:
    (killed,) = await cells(STUBBORN)
    assert reason(killed) == "wall_limit"
    assert killed.number == 0
    (next_one,) = await cells("1")
    assert next_one.display == "1"


async def test_the_end_of_a_session_tells_the_cpu_time_that_it_took(pool: Pool, table: str) -> None:
    """By its own clock, in as many cells as half a second takes on a busy machine, a thread that is over included."""
    async with pool.session(table) as session:
        await session.run(SPENT)
        took = 0.0
        with anyio.fail_after(60):
            while took < 0.5:
                shown = (await session.run("spend()")).display
                took = float(shown or "nan")
        end = (await session.run("os._exit(3)")).end
    assert end is not None
    assert took <= end.cpu_seconds < took + 0.2


async def test_a_host_ends_a_cell_before_its_time_and_its_state_is_kept(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        await session.run("x = 41")
        await session.interrupt()  # of a cell that is over: nothing happens
        results: list[CellResult] = []

        async def endless() -> None:
            results.append(await session.run("print('on')\nwhile True: pass"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(endless)
            with anyio.fail_after(1.0):  # less than its limit
                while not results:
                    await session.interrupt()
                    await session.ping()
        assert results[0].error is not None
        assert results[0].error.kind == "CellInterrupted"
        assert results[0].end is None
        assert (await session.run("x + 1")).display == "42"


async def test_a_cell_that_does_not_heed_its_host_is_killed(pool: Pool, table: str) -> None:
    results: list[CellResult] = []
    async with pool.session(table) as session, anyio.create_task_group() as tasks:
        await session.run("import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)")

        async def endless() -> None:
            results.append(await session.run("while True: pass"))

        tasks.start_soon(endless)
        while not results:
            await session.interrupt()
            await session.ping()
    assert reason(results[0]) == "wall_limit"
    assert results[0].end is not None
    assert results[0].end.detail.startswith("its host interrupted the cell")


async def test_a_session_that_ended_is_over(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        assert reason(await session.run("import os\nos._exit(0)")) == "crashed"
        with pytest.raises(SessionOver):
            await session.run("1")


@pytest.mark.parametrize(
    "code",
    ["b = bytearray(4 * 1024**3)", "b = []\nwhile True:\n    b.append(np.empty(10**7, dtype='u1'))"],
    ids=["at once", "by pieces"],
)
async def test_an_allocation_beyond_the_limit_is_an_error_and_the_state_is_kept(
    cells: RunCells, code: str
) -> None:
    _, bomb, after = await cells("x = 41", code, "b = None\nx + 1")
    assert bomb.error is not None
    assert bomb.error.kind == "MemoryError"
    assert after.display == "42"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os\nos._exit(0)", "crashed"),
        ("import os\nos._exit(3)", "crashed"),
        ("import os\nos.abort()", "crashed"),
        ("import os\nos.close(3)", "crashed"),
        ("import os\nos.close(3)\n" + STUBBORN, "crashed"),
    ],
)
async def test_a_process_that_ends_itself_is_told_by_how_it_ended(
    cells: RunCells, code: str, expected: str
) -> None:
    results = await cells(code)
    assert reason(results[-1]) == expected


async def test_a_process_that_ends_between_cells_is_told_with_the_next_one(pool: Pool, table: str) -> None:
    async with pool.session(table) as session:
        await session.run(
            "import os, threading\ngo = threading.Event()\nt = threading.Thread("
            "target=lambda: (go.wait(), os._exit(5)))\nt.start()"
        )
        result = await session.run("go.set()\nt.join()")
        assert reason(result) == "crashed"


async def test_endless_recursion_is_an_error_with_the_ends_of_its_frames(cells: RunCells) -> None:
    deep, after = await cells("def f(n):\n    return f(n + 1)\nf(0)", "1")
    assert deep.error is not None
    assert deep.error.kind == "RecursionError"
    assert len(deep.error.frames) <= 21
    assert after.display == "1"


async def test_a_cell_that_prints_too_much_ends_its_session_with_what_it_did(cells: RunCells) -> None:
    (result,) = await cells("x = 1\nhook(x, 'x = 1', name='x')\nwhile True:\n    print('y' * 1000)")
    assert reason(result) == "output_limit"
    assert [hook.name for hook in result.hooks] == ["x"]
    assert result.stdout.count("y") == 200
    assert result.stdout_cut > 900_000


async def test_a_record_that_is_too_long_is_an_error_of_the_cell(cells: RunCells) -> None:
    many, after = await cells(
        "submit(5)\nfor n in range(3000):\n    hook(['x' * 200] * 64, 'n', name='n')", "1"
    )
    assert many.submission is not None
    assert many.submission.answer == 5
    assert many.error is not None
    assert many.error.kind == "ResultTooLong"
    assert after.display == "1"


@pytest.mark.parametrize(
    "forged",
    [
        b"\xff" * 64,
        b"\x00\x00\x00\x01\x0a\xff\xff\xff\xff",
        b"\x00\x00\x00\x01\x63\x00\x00\x00\x00",
        pack(1, Opened()),
        pack(2, Exit(end=SessionEnd(reason="closed"))),
        pack(2, Result(result=CellResult(number=7))),
        pack(0, Result(result=CellResult(number=0, end=SessionEnd(reason="lost")))),
        pack(9, Result(result=CellResult(number=0))).replace(b'"number":0', b'"numbe":00'),
        pack(9, Result(result=CellResult(number=0)))[:-3] + b"}}}",
        pack(9, Result(result=CellResult(number=0, stdout="\xff"))).replace("\xff".encode(), b"\xff\xff"),
        answered(1, "0" * 32),
        answered(10**400, digest_of(b"1" + b"0" * 400)),
        answered(nested, digest_of(canonical_json(nested))),
    ],
    ids=[
        "noise",
        "4 GB",
        "type",
        "opened",
        "exit",
        "other cell",
        "lost",
        "fields",
        "json",
        "no UTF-8",
        "digest",
        "huge",
        "deep",
    ],
)
async def test_forged_frames_harm_only_the_session_that_wrote_them(
    pool: Pool, table: str, forged: bytes
) -> None:
    spray = f"import os\nfor fd in range(64):\n    try:\n        os.write(fd, {forged!r})\n    except OSError:\n        pass"
    async with pool.session(table) as sibling, pool.session(table) as forger:
        await sibling.run("x = 42")
        first = await forger.run(spray)
        assert reason(first) == "crashed"
        assert (await sibling.run("x")).display == "42"


async def test_a_result_forged_in_time_does_not_pass_for_the_next_cell(pool: Pool, table: str) -> None:
    forged = pack(0, Result(result=CellResult(number=0, stdout="forged")))
    async with pool.session(table) as session:
        await session.run(f"import os\nos.write(3, {forged!r})\nx = 1")
        assert reason(await session.run("x")) == "crashed"


async def test_siblings_answer_while_sessions_misbehave(pool: Pool, table: str) -> None:
    answers: list[str | None] = []

    async def misbehave(code: str) -> None:
        async with pool.session(table) as session:
            await session.run(code)

    async with pool.session(table) as sibling, anyio.create_task_group() as tasks:
        for code in (STUBBORN, "np.linalg.svd(np.random.rand(3000, 3000))", "b = bytearray(8 * 1024**3)"):
            tasks.start_soon(misbehave, code)
        with anyio.fail_after(2.0):
            answers += [(await sibling.run(f"{n}")).display for n in range(20)]
        tasks.cancel_scope.cancel()
    assert answers == [str(n) for n in range(20)]


async def test_a_cancelled_cell_frees_its_place(pool: Pool, table: str) -> None:
    for _ in range(10):
        with anyio.move_on_after(0.02):
            async with pool.session(table) as session:
                await session.run(STUBBORN)
    async with pool.session(table) as session:
        assert (await session.run("1")).display == "1"
