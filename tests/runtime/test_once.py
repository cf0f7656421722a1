"""What several ask for side by side is worked out once."""

import anyio
import anyio.lowlevel
import pytest

from actors.runtime.once import Once


class Worked:
    """Work that is counted, and that takes a turn of the loop."""

    def __init__(self, *values: object) -> None:
        self.values = list(values)
        self.begun = 0

    async def __call__(self) -> object:
        self.begun += 1
        await anyio.lowlevel.checkpoint()
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        return value


async def test_who_asks_meanwhile_has_the_same_value() -> None:
    once, work, found = Once[str, object](4), Worked("a", "b"), list[object]()

    async def ask() -> None:
        found.append(await once.of("key", work))

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)
    assert (found, work.begun) == (["a"] * 5, 1)


async def test_every_key_has_its_own_and_those_of_long_ago_are_forgotten() -> None:
    once, work = Once[int, object](2), Worked(*"abcd")
    assert [await once.of(key, work) for key in (1, 2, 1, 3, 2, 1)] == ["a", "b", "a", "c", "b", "d"]


async def test_what_failed_is_tried_anew_by_whoever_waited() -> None:
    once, work, found = Once[str, object](4), Worked(OSError("gone"), "a"), list[object]()

    async def ask() -> None:
        try:
            found.append(await once.of("key", work))
        except OSError as problem:
            found.append(str(problem))

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(ask)
    assert (found, work.begun) == (["gone", "a", "a"], 2)


async def test_a_value_that_does_not_last_is_worked_out_anew() -> None:
    once, work = Once[str, object](4, lambda value: value != "a"), Worked(*"abc")
    assert [await once.of("key", work) for _ in range(3)] == ["a", "b", "b"]


async def test_who_is_called_off_leaves_the_others_waiting_for_nobody() -> None:
    once, work = Once[str, object](4), Worked("a")
    with anyio.CancelScope() as scope:
        scope.cancel()
        await once.of("key", anyio.sleep_forever)
    with anyio.fail_after(5):
        assert await once.of("key", work) == "a"


async def test_what_fails_is_raised_as_it_is() -> None:
    with pytest.raises(OSError, match="gone"):
        await Once[str, object](4).of("key", Worked(OSError("gone")))
