"""Whether a worker lives: it answers pings, or the system says why it cannot.

A machine may be so busy that a sound worker is silent for seconds, and then it is only waited for. One that
is held still, by a signal, a debugger or a pause of its container, is found at its third silent ping.
"""

from collections.abc import Callable

import anyio

from actors.workers.channel import Channel
from actors.workers.link import Link, WorkerGone
from actors.workers.sandbox.framing import WORKER
from events.frames import Ping

PING_SECONDS = 0.2
SUSPECT = 3
"""After so many pings in a row without an answer the system is asked whether the worker is held still."""
ASK_EVERY = 5
"""So many pings lie between one question and the next."""
MISSES = 25
"""A worker that may run, and answers none of so many in a row, is given up."""


class Pulse:
    """The pulse of one worker.

    Args:
        channel: where pings go and answers come.
        link: knows the worker's process.
        is_reading: whether the worker has leave to be silent, because it reads a table.
    """

    def __init__(self, channel: Channel, link: Link, is_reading: Callable[[], bool]) -> None:
        self._channel = channel
        self._link = link
        self._is_reading = is_reading
        self._number = 0

    async def watch(self) -> None:
        """Ping until the worker is lost; give it up when it is held still or stays silent."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._ping)
            self._channel.lose(await self._verdict())
            tasks.cancel_scope.cancel()

    async def _ping(self) -> None:
        try:
            while True:
                self._number += 1
                await self._channel.send(WORKER, Ping(number=self._number))
                await anyio.sleep(PING_SECONDS)
        except WorkerGone:
            return

    async def _verdict(self) -> str:
        """Why it is given up. Silence is counted in pings, not in time: this process may be late itself."""
        silent = missed = 0
        while True:
            due = self._number
            await anyio.sleep(PING_SECONDS)
            if self._channel.pong >= due:
                silent = missed = 0
                continue
            silent += 1
            missed = 0 if self._is_reading() else missed + 1
            if (
                silent >= SUSPECT
                and (silent - SUSPECT) % ASK_EVERY == 0
                and (held := await self._link.held())
            ):
                return held
            if missed >= MISSES:
                return f"{MISSES} pings without an answer"
