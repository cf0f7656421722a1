"""The one thread in which a writer waits for the disk, so that the event loop never does."""

import asyncio
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread

Job = Callable[[], None]


class DiskThread:
    """Runs jobs one after the other in a thread of its own.

    A pool of threads would do, but hands a job over in twice the time, and an append waits for that twice.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._work, name="tracegate-log")
        self._thread.start()

    def start(self, job: Callable[[], Job], broken: Callable[[Exception], None]) -> None:
        """Run the job in the thread; what it returns, or `broken` with what it raised, is called on the loop.

        One of them always is: somebody waits for it, and the thread lives on for the next job.
        """
        self._jobs.put(lambda: self._tell(_outcome(job, broken)))

    def close(self) -> None:
        """Do what was started, then end the thread."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # what it holds is let go of now, and not when the next one waits

    def _tell(self, outcome: Job) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(outcome)


def _outcome(job: Callable[[], Job], broken: Callable[[Exception], None]) -> Job:
    try:
        return job()
    except Exception as error:  # noqa: BLE001  whatever it is, somebody waits for the job's end
        return partial(broken, error)
