"""Processes of our own for numeric code: they end with us, and a terminal's interrupt is not theirs."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import anyio
from anyio import BrokenWorkerProcess, CapacityLimiter, to_process

from actors.ports import InfrastructureError
from actors.runtime.forks import NOT_THEIRS, Fork, ForkLostError, forks

T = TypeVar("T")


@dataclass(frozen=True)
class _Raised:
    """What a function raised, told apart from what became of its process."""

    error: Exception


class Processes:
    """A few processes that run plain functions, each call in one of them.

    Ctrl-C in a terminal goes to every process in the foreground, and whoever stops a service may signal all
    that it started. One of these that died of it would turn the drain that was asked for into failed work.
    One that dies all the same, as when memory runs out, is replaced by the next call that needs it.

    Args:
        count: how many there may be at once.
        made: those that were forked off ours; one that is lost is taken from the list, and any in its place
            is started, and so has to load what it needs.
    """

    def __init__(self, count: int, made: list[Fork] | None = None) -> None:
        self._count = count
        self._limiter = CapacityLimiter(count)
        self._started = CapacityLimiter(count)
        self._forks: list[Fork] = [] if made is None else made
        self._idle = list(self._forks)

    async def start(self) -> None:
        """Have all of them, so that none has to be started while it could be interrupted.

        An interrupt that comes meanwhile is not lost: it waits until this is done. Nobody else may start a
        process at the same time, for it would be deaf as well.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, NOT_THEIRS)
        try:
            await self.warm(_nothing)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    async def warm(self, function: Callable[[], object]) -> None:
        """Run it in as many of them as are idle; one that dies of it is missed by nobody.

        Args:
            function: one of a module, after which a process is quicker at what comes.
        """
        async with anyio.create_task_group() as tasks:
            for _ in range(self._count):
                tasks.start_soon(self._warm_one, function)

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """What the function gives; when this is cancelled its process is killed.

        Args:
            function: one of a module, so that the process can import it.
            args: what it is called with; they and the result travel pickled.

        Raises:
            InfrastructureError: the process died, or none could be started; the next call gets another.
            Exception: whatever the function raised.
        """
        try:
            async with self._limiter:
                ended = await (self._forked(function, args) if self._idle else self._anew(function, args))
        except (BrokenWorkerProcess, ForkLostError, OSError) as lost:
            message = f"a process for numeric code was lost, as when memory runs out: {lost!r}"
            raise InfrastructureError(message) from lost
        if isinstance(ended, _Raised):
            raise ended.error
        return ended

    async def _forked(self, function: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
        fork = self._idle.pop()
        try:
            ended: T | _Raised = await fork.call(_deaf, (function, args))
        except BaseException:  # cancelled, too: what it was at may never end
            self._forks.remove(fork)
            fork.kill()
            raise
        self._idle.append(fork)
        return ended

    async def _anew(self, function: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
        return await to_process.run_sync(_deaf, function, args, cancellable=True, limiter=self._started)

    async def _warm_one(self, function: Callable[[], object]) -> None:
        with suppress(InfrastructureError):
            await self.run(function)


@contextmanager
def forked(count: int) -> Iterator[Processes]:
    """That many, forked off this one, which should have loaded by now what they will need."""
    with forks(count) as made:
        yield Processes(count, made)


def _deaf(function: Callable[..., T], args: tuple[object, ...]) -> T | _Raised:
    """Run in the process: one that was started later, in the place of one that died, is deaf from here on."""
    for number in NOT_THEIRS:
        signal.signal(number, signal.SIG_IGN)
    try:
        return function(*args)
    except Exception as error:  # noqa: BLE001  raised again where the function was called from
        return _Raised(error)


def _nothing() -> None:
    """What a process does that is only to be started."""
