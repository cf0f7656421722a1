from collections.abc import Sequence

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, strategies as st

from actors.workers.turns import ELDEST_EVERY, Turns


class Asker:
    """Somebody who wants a place, and holds it until told."""

    def __init__(self, number: int, priority: int) -> None:
        self.number = number
        self.priority = priority
        self.scope = anyio.CancelScope()
        self.leave = anyio.Event()
        self.had = False

    async def run(self, turns: Turns, order: list[int]) -> None:
        with self.scope:
            async with turns.turn(self.priority):
                self.had = True
                order.append(self.number)
                await self.leave.wait()


async def settle() -> None:
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


async def order_of(priorities: Sequence[int]) -> list[int]:
    """The order in which one place is had by those that wait for it."""
    turns, order = Turns(1), list[int]()
    askers = [Asker(number, priority) for number, priority in enumerate([0, *priorities])]
    async with anyio.create_task_group() as tasks:
        for asker in askers:
            tasks.start_soon(asker.run, turns, order)
            await settle()
        while len(order) < len(askers):
            askers[order[-1]].leave.set()
            await settle()
        askers[order[-1]].leave.set()
    return [number - 1 for number in order[1:]]


async def test_equals_go_in_the_order_in_which_they_asked() -> None:
    assert await order_of([0] * 9) == list(range(9))


async def test_the_urgent_go_first_and_each_fourth_turn_goes_to_the_eldest() -> None:
    assert await order_of([0, 0, 1, 1, 1, 1, 1]) == [2, 3, 0, 4, 5, 6, 1]


@given(st.lists(st.integers(0, 3), max_size=30))
def test_nobody_is_passed_over_for_ever(priorities: list[int]) -> None:
    order = anyio.run(order_of, priorities)
    assert sorted(order) == list(range(len(priorities)))
    for number in range(len(priorities)):
        assert order.index(number) < ELDEST_EVERY * (number + 1)
    urgent = [number for number in order if priorities[number] == max(priorities, default=0)]
    assert urgent == sorted(urgent)


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "cancel", "leave", "cancel as it is called"]), st.integers(0, 30)),
    max_size=40,
)


@given(st.integers(1, 3), STEPS)
def test_each_place_is_given_back_once_whatever_happens(places: int, steps: list[Step]) -> None:
    anyio.run(_each_place, places, steps)


async def _each_place(places: int, steps: list[Step]) -> None:
    turns, askers, order = Turns(places), list[Asker](), list[int]()
    async with anyio.create_task_group() as tasks:
        for what, which in steps:
            if what == "ask":
                askers.append(Asker(len(askers), which % 3))
                tasks.start_soon(askers[-1].run, turns, order)
            elif askers:
                asker = askers[which % len(askers)]
                if what != "cancel":
                    asker.leave.set()
                if what == "cancel as it is called":
                    # The places that are given back now call somebody, and everybody is cancelled with it.
                    await anyio.lowlevel.checkpoint()
                    for other in askers:
                        other.scope.cancel()
                elif what == "cancel":
                    asker.scope.cancel()
            if which % 2:
                await settle()
                held = sum(
                    asker.had and not asker.leave.is_set() and not asker.scope.cancel_called
                    for asker in askers
                )
                assert turns.free == places - held
                assert turns.free == 0 or turns.waiting == 0
        for asker in askers:
            asker.leave.set()
    assert (turns.free, turns.waiting) == (places, 0)


async def test_one_that_is_cancelled_leaves_no_hole() -> None:
    turns, order = Turns(1), list[int]()
    first, second, third = (Asker(number, 0) for number in range(3))
    async with anyio.create_task_group() as tasks:
        for asker in (first, second, third):
            tasks.start_soon(asker.run, turns, order)
            await settle()
        second.scope.cancel()
        await settle()
        assert turns.waiting == 1
        first.leave.set()
        third.leave.set()
    assert order == [0, 2]


async def test_a_place_of_one_that_failed_is_had_by_the_next() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError):
        async with turns.turn():
            _ = 1 / 0
    with anyio.fail_after(1):
        async with turns.turn():
            assert turns.free == 0
