"""Which workers there are: who serves, who stands by, and who waits for one."""

import anyio

from actors.ports import InfrastructureError
from actors.workers.worker import Worker
from events.trace import Level

WAIT_SECONDS = 90.0
"""So long a session waits for a worker while none is ready."""


class Roster:
    """The ready workers, in the order in which they became so.

    The first ones serve; those beyond them stand by, and serve as soon as one before them is lost.

    Args:
        serving: how many serve.
    """

    def __init__(self, serving: int) -> None:
        self.last_loss = ""
        """Why the last worker that was lost was."""
        self.level: Level | None = None
        """How strong the wall of all workers is; None before the first was ready."""
        self.unwalled = ""
        """Why the sessions of the first worker had no wall each; empty where they had."""
        self.fingerprint = ""
        """Digest of the numeric environment inside, as the newest worker told it."""
        self._serving = serving
        self._keepers = 0
        self._ready: list[Worker] = []
        self._changed = anyio.Condition()

    @property
    def serving(self) -> list[Worker]:
        """The workers that get sessions."""
        return self._living[: self._serving]

    @property
    def standing_by(self) -> list[Worker]:
        """The workers that get none while the others live."""
        return self._living[self._serving :]

    @property
    def _living(self) -> list[Worker]:
        return [worker for worker in self._ready if not worker.is_lost]

    async def enlist(self, worker: Worker) -> None:
        """A worker is ready."""
        async with self._changed:
            self._ready.append(worker)
            self._changed.notify_all()

    def strike(self, worker: Worker) -> None:
        """A worker is lost, whether it was ready or not."""
        if worker in self._ready:
            self._ready.remove(worker)

    def keeper_begins(self) -> None:
        """Somebody will have a worker ready."""
        self._keepers += 1

    async def keeper_ends(self) -> None:
        """Nobody starts that worker again; when it was the last, all who wait are told."""
        async with self._changed:
            self._keepers -= 1
            self._changed.notify_all()

    async def least_busy(self, dataset: str | None = None) -> Worker:
        """The serving worker with the fewest sessions, of those that hold the table if there are any.

        Waits while one is being started.

        Raises:
            InfrastructureError: there is none, or not in time.
        """
        serving = self.serving or await self._next_serving()
        return min(serving, key=lambda worker: (dataset not in worker.tables, worker.sessions))

    async def _next_serving(self) -> list[Worker]:
        """Those that serve, once there are any."""
        try:
            with anyio.fail_after(WAIT_SECONDS):
                async with self._changed:
                    while not (serving := self.serving):
                        self._check_keepers()
                        await self._changed.wait()
        except TimeoutError:
            message = f"no worker within {WAIT_SECONDS:g} s; the last was lost: {self.last_loss}"
            raise InfrastructureError(message) from None
        return serving

    def _check_keepers(self) -> None:
        if self._keepers == 0:
            message = f"the workers were lost too often; the last time: {self.last_loss}"
            raise InfrastructureError(message)
