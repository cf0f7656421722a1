"""The cells of a trace run again: the second witness to what they computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from actors.ports import InfrastructureError, Watch, Workers
from actors.runtime.once import Once
from actors.tracing.claims import ClaimedHook, keyed, watches_for
from actors.tracing.lacking import lacking
from events.trace import AttemptEnded, Author, CellResult, HookRaised, Perturbation, Submission
from events.values import Value, close, value_of


@dataclass(frozen=True)
class Rerun:
    """What came back on one table."""

    results: tuple[CellResult, ...]
    """Of each cell, up to the one that ended the session."""
    hooks: tuple[HookRaised | None, ...]
    """For each hook of the trace the one raised again, with what its name held; None when it was not."""


PRIORITY = 1
"""What was begun is finished before more is begun."""
KEPT_RUNS = 256
"""Runs that are remembered: more than those of all the traces that are judged side by side."""


class _Script(NamedTuple):
    """What is run: where it is the same, so is what comes back."""

    dataset: str
    author: Author
    cells: tuple[str, ...]
    watches: tuple[Watch, ...]
    perturbation: Perturbation | None
    before: str | None = None
    """A cell of ours that is run first and not told of."""


class Reruns:
    """Runs cells again, in fresh sessions; traces of the same cells have one run in common.

    A run that its cells ended is nobody else's: on another day it might have ended elsewhere.

    Args:
        workers: where they are run.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._known = Once[_Script, tuple[CellResult, ...]](
            KEPT_RUNS, lambda results: all(one.end is None for one in results)
        )

    @property
    def fingerprint(self) -> str:
        """Of the environment in which they are run."""
        return self._workers.fingerprint

    async def of(self, script: _Script) -> tuple[CellResult, ...]:
        """What came back of each cell, up to the one that ended the session.

        Raises:
            WallTooWeak: the code of whoever solved needs a stronger wall.
            InfrastructureError: a worker or a session was lost for reasons outside the cells.
        """
        return await self._known.of(script, lambda: self._run(script))

    async def _run(self, script: _Script) -> tuple[CellResult, ...]:
        results: list[CellResult] = []
        async with self._workers.session(
            script.dataset, script.author, script.perturbation, script.watches, PRIORITY
        ) as session:
            before = [] if script.before is None else [script.before]
            for code in [*before, *script.cells]:
                results.append(await session.run(code))
                if (end := results[-1].end) is not None:
                    if end.reason == "lost":
                        message = f"the session was lost in a re-run: {end.detail}"
                        raise InfrastructureError(message)
                    break
        if any(one.error is not None for one in results[: len(before)]):
            return ()  # the table could not be made: nothing was run on it
        return tuple(replace(one, number=one.number - len(before)) for one in results[len(before) :])


class Rerunner:
    """Runs the cells of one attempt again."""

    def __init__(
        self, reruns: Reruns, dataset: str, author: Author, cells: Sequence[str], hooks: Sequence[ClaimedHook]
    ) -> None:
        self._reruns = reruns
        self._script = _Script(dataset, author, tuple(cells), watches_for(hooks), None)
        self._keys = [hook.key for hook in hooks]

    async def on(self, perturbation: Perturbation | None, before: str | None = None) -> Rerun:
        """Run on one table.

        Args:
            perturbation: What was done to the table; None for the original.
            before: A cell that is run before all others and makes another table of it.

        Raises:
            WallTooWeak: the code of whoever solved needs a stronger wall.
            InfrastructureError: a worker or a session was lost for reasons outside the cells.
        """
        script = self._script._replace(perturbation=perturbation, before=before)
        results = await self._reruns.of(script) if script.cells else ()
        found = dict(keyed(results))
        return Rerun(results, tuple(found.get(key) for key in self._keys))

    async def lacking(self, hook: ClaimedHook) -> Value | None:
        """What the name of a hook holds where its statements stood last, in cells that lack them.

        It is asked for in a cell of its own, so that it is known though the cells fail without them; None
        when the name holds nothing there, or nobody came there.

        Raises:
            WallTooWeak: the code of whoever solved needs a stronger wall.
            InfrastructureError: a worker or a session was lost for reasons outside the cells.
        """
        name = hook.hook.name
        cells, instead = lacking(self._script.cells[: hook.cell + 1], hook.claim.sources)
        asking = f"hook(None, {instead!r}, name={name!r})"
        watches = (Watch(statement=instead, name=name),)
        results = await self._reruns.of(self._script._replace(cells=(*cells, asking), watches=watches))
        told = results[-1].hooks if len(results) > len(cells) else ()
        return told[-1].held if told else None


def reproduced(attempt: AttemptEnded, results: Sequence[CellResult], *, exact: bool) -> bool:
    """Whether a re-run gave the recorded hooks and answer; a cell that ends its session gives nothing.

    Args:
        attempt: The record.
        results: What the re-run gave.
        exact: Whether both ran in one numeric environment, so that digests must be equal.
    """
    recorded = [ran.result for ran in attempt.executed]
    again = [result for result in results if result.end is None]
    hooks, hooks_again = [hook for _, hook in keyed(recorded)], [hook for _, hook in keyed(again)]
    return (
        len(hooks) == len(hooks_again)
        and all(same_hook(one, other, exact=exact) for one, other in zip(hooks, hooks_again, strict=True))
        and _same_submission(_first(recorded), _first(again), exact=exact)
    )


def same_hook(left: HookRaised, right: HookRaised, *, exact: bool) -> bool:
    """Whether two hooks say the same of the same value."""
    return (
        (left.name, left.code_line, left.depends_on) == (right.name, right.code_line, right.depends_on)
        and same_value(left.value, right.value, exact=exact)
    )  # fmt: skip


def same_value(left: Value, right: Value, *, exact: bool) -> bool:
    """Equal by digest, or, where the numeric environments differ, close."""
    return left.digest == right.digest or (not exact and close(left, right))


def _first(results: Sequence[CellResult]) -> Submission | None:
    return next((result.submission for result in results if result.submission is not None), None)


def _same_submission(left: Submission | None, right: Submission | None, *, exact: bool) -> bool:
    if left is None or right is None:
        return left is right
    return left.digest == right.digest or (not exact and close(value_of(left.answer), value_of(right.answer)))
