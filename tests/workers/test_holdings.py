"""Tables come and go within a worker's budget, while sessions of them are open or not."""

from collections import Counter
from collections.abc import Sequence

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, strategies as st

from actors.ports import InfrastructureError, TableTooLarge
from actors.workers.pool import Pool, TableNotOffered, running_pool
from actors.workers.sandbox.framing import WORKER
from events.frames import Close, Drop, Dropped, Exit, Frame, Load, Loaded, New
from events.trace import SessionEnd
from tests.workers.fakes import READER, Announced, FakeBackend, obedient

BUDGET = 130
TEN = b"x" * 10


class Shop:
    """A worker that keeps the tables that it is sent, each of which takes so many times its file's size."""

    def __init__(self, times: int = 4) -> None:
        self.times = times
        self.held: dict[str, int] = {}
        self.open: dict[int, str] = {}
        self.read: Counter[str] = Counter()
        self.most = 0

    def __call__(self, session: int, frame: Frame) -> list[tuple[int, Frame]]:
        if isinstance(frame, Load):
            return self._take(frame)
        if isinstance(frame, Drop):
            assert frame.dataset not in self.open.values(), "it was dropped while a session had it open"
            del self.held[frame.dataset]
            return [(WORKER, Dropped(frame.dataset))]
        if isinstance(frame, New):
            if frame.dataset not in self.held:
                return [(session, Exit(end=SessionEnd(reason="lost", detail="no such table")))]
            self.open[session] = frame.dataset
        if isinstance(frame, Close):
            self.open.pop(session, None)
        return obedient(session, frame)

    def _take(self, frame: Load) -> list[tuple[int, Frame]]:
        memory = self.times * len(frame.chunk)
        self.read[frame.dataset] += 1
        if not frame.room or memory <= frame.room:
            self.held[frame.dataset] = memory
            self.most = max(self.most, sum(self.held.values()))
        return [(WORKER, Loaded(frame.dataset, memory=memory))]


async def use(pool: Pool, dataset: str) -> None:
    async with pool.session(dataset) as session:
        assert (await session.run("1")).display == "1"


async def test_a_table_that_was_dropped_for_another_is_read_again_when_it_is_needed() -> None:
    shop = Shop()
    async with running_pool(FakeBackend(shop), Announced(), table_bytes=BUDGET) as pool:
        for name in "abcd":
            await pool.offer(name, TEN, READER)
        assert set(shop.held) == {"b", "c", "d"}
        await use(pool, "b")
        await use(pool, "a")
        assert set(shop.held) == {"d", "b", "a"}
    assert shop.read == Counter(a=2, b=1, c=1, d=1)
    assert shop.most <= BUDGET


async def test_a_table_that_takes_more_than_was_likely_is_read_twice_and_the_budget_holds() -> None:
    shop = Shop(times=9)
    async with running_pool(FakeBackend(shop), Announced(), table_bytes=BUDGET) as pool:
        await pool.offer("a", TEN, READER)
        await pool.offer("b", TEN, READER)
        assert set(shop.held) == {"b"}
        await use(pool, "a")
        await use(pool, "b")
    assert shop.read == Counter(a=2, b=3)
    assert shop.most == 90


async def test_a_table_that_needs_more_than_there_is_is_refused_in_words_and_forgotten() -> None:
    async with running_pool(FakeBackend(Shop()), Announced(), table_bytes=BUDGET) as pool:
        for size in (40, 400):  # by what it takes once it is read, and by the file alone
            with pytest.raises(TableTooLarge, match=r"table long takes .* MB of memory.*larger machine"):
                await pool.offer("long", b"x" * size, READER)
        with pytest.raises(TableNotOffered):
            await use(pool, "long")
        await pool.offer("short", TEN, READER)
        await use(pool, "short")


async def test_whoever_needs_room_waits_for_those_in_use_and_holds_up_who_comes_later() -> None:
    shop, order = Shop(), list[str]()

    async def late(dataset: str) -> None:
        async with pool.session(dataset):
            order.append(dataset)

    async with running_pool(FakeBackend(shop), Announced(), table_bytes=80) as pool:
        for name in "abc":
            await pool.offer(name, TEN, READER)
        async with anyio.create_task_group() as tasks, pool.session("b"), pool.session("c"):
            for name in "ab":
                tasks.start_soon(late, name)
                for _ in range(20):
                    await anyio.lowlevel.checkpoint()
            assert order == []
    assert order[0] == "a"
    assert shop.most <= 80


async def test_bytes_that_can_be_had_again_are_not_kept() -> None:
    shop, asked = Shop(), list[str]()

    async def again() -> bytes:
        asked.append("a")
        return TEN

    async with running_pool(FakeBackend(shop), Announced(), table_bytes=40) as pool:
        await pool.offer("a", TEN, READER, again)
        await pool.offer("b", TEN, READER)
        assert asked == []
        await use(pool, "a")
        await use(pool, "b")
    assert asked == ["a"]


async def test_bytes_that_cannot_be_had_again_are_nobodys_answer() -> None:
    async def again() -> bytes:
        raise InfrastructureError("the blob is gone")

    async with running_pool(FakeBackend(Shop()), Announced(), table_bytes=40) as pool:
        await pool.offer("a", TEN, READER, again)
        await pool.offer("b", TEN, READER)
        with pytest.raises(InfrastructureError, match="the blob is gone"):
            await use(pool, "a")
        await use(pool, "b")


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8), st.booleans()), max_size=25),
)
def test_the_budget_holds_and_everybody_is_served_whatever_is_asked_for(
    sizes: list[int], asked: list[tuple[int, int, bool]]
) -> None:
    anyio.run(_everybody_is_served, sizes, asked)


async def _everybody_is_served(sizes: Sequence[int], asked: Sequence[tuple[int, int, bool]]) -> None:
    shop, served = Shop(), list[int]()

    async def one(number: int, table: int, long: int) -> None:
        async with pool.session(f"t{table % len(sizes)}") as session:
            for _ in range(long):
                await session.run("1")
        served.append(number)

    async with running_pool(FakeBackend(shop), Announced(), table_bytes=50, sessions=3) as pool:
        for number, size in enumerate(sizes):
            await pool.offer(f"t{number}", b"x" * size, READER)
        async with anyio.create_task_group() as tasks:
            cancelled = 0
            for number, (table, long, is_cancelled) in enumerate(asked):
                if is_cancelled:
                    cancelled += 1
                    with anyio.CancelScope() as scope:
                        tasks.start_soon(_after, long, scope)
                        await one(number, table, 50)
                else:
                    tasks.start_soon(one, number, table, long)
    assert {number for number, (_, _, is_cancelled) in enumerate(asked) if not is_cancelled} <= set(served)
    assert shop.most <= 50
    assert not shop.open


async def _after(turns: int, scope: anyio.CancelScope) -> None:
    for _ in range(turns):
        await anyio.lowlevel.checkpoint()
    scope.cancel()
