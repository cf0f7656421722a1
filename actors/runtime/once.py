"""What several ask for side by side is worked out once."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

import anyio

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Values by key, each worked out when it is first asked for; who asks meanwhile waits for it.

    Args:
        kept: how many are remembered; of more, those that were worked out first are forgotten.
        lasts: whether a value is to be remembered; one that is not is worked out anew for whoever comes next.
    """

    def __init__(self, kept: int, lasts: Callable[[V], bool] = lambda _: True) -> None:
        self._kept = kept
        self._lasts = lasts
        self._known: OrderedDict[K, V] = OrderedDict()
        self._locks: dict[K, tuple[anyio.Lock, int]] = {}

    async def of(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        """The value of a key; what `work` raises is raised to whoever had it begun, and not remembered."""
        lock, waiting = self._locks.get(key, (anyio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                return self._known[key] if key in self._known else await self._worked_out(key, work)
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = (lock, waiting - 1)

    async def _worked_out(self, key: K, work: Callable[[], Awaitable[V]]) -> V:
        found = await work()
        if self._lasts(found):
            self._known[key] = found
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return found
