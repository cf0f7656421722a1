"""A stopwatch that is always on exactly one stage, so that the stages' times add up to the whole."""

import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import ParamSpec, TypeVar

import anyio

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Stages:
    """Time by stage. A stage within a stage stops the outer one until it ends.

    Args:
        between: what the time is called that lies in no stage.
        clock: tells seconds.
    """

    def __init__(self, between: str, clock: Callable[[], float] = time.perf_counter) -> None:
        self.entered: Counter[str] = Counter()
        """How often each stage was entered."""
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._stage = between
        self._clock = clock
        self._since = clock()
        self._turn = anyio.Lock()
        self._task: int | None = None

    def seconds(self) -> dict[str, float]:
        """The time of every stage so far, the longest first."""
        self._switch(self._stage)
        return dict(sorted(self._seconds.items(), key=lambda item: -item[1]))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Be on this stage; for code that awaits nothing, or that runs while nobody else does."""
        outer = self._switch(name)
        self.entered[name] += 1
        try:
            yield
        finally:
            self._switch(outer)

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Be on this stage; other tasks wait for their turn, so what is concurrent runs one by one."""
        task = anyio.get_current_task().id
        if self._task == task:
            with self.stage(name):
                yield
            return
        async with self._turn:
            self._task = task
            try:
                with self.stage(name):
                    yield
            finally:
                self._task = None

    def around(self, name: str, call: Callable[Given, Result]) -> Callable[Given, Result]:
        """The function, its time counted as a stage."""

        def timed(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            with self.stage(name):
                return call(*args, **kwargs)

        return timed

    def _switch(self, name: str) -> str:
        """Go over to a stage; the one that was left."""
        now, left = self._clock(), self._stage
        self._seconds[left] += now - self._since
        self._stage, self._since = name, now
        return left
