"""The cells of a trace run again: the second witness to what they computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from actors.ports import InfrastructureError, Workers
from actors.tracing.claims import ClaimedHook, keyed, watches_for
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


class Rerunner:
    """Runs the cells of one attempt again, in fresh sessions."""

    def __init__(
        self,
        workers: Workers,
        dataset: str,
        author: Author,
        cells: Sequence[str],
        hooks: Sequence[ClaimedHook],
    ) -> None:
        self._workers = workers
        self._dataset = dataset
        self._author = author
        self._cells = cells
        self._keys = [hook.key for hook in hooks]
        self._watches = watches_for(hooks)

    async def on(self, perturbation: Perturbation | None) -> Rerun:
        """Run on one table.

        Raises:
            InfrastructureError: a worker or a session was lost for reasons outside the cells.
        """
        results = await self._run(perturbation) if self._cells else ()
        found = dict(keyed(results))
        return Rerun(results, tuple(found.get(key) for key in self._keys))

    async def _run(self, perturbation: Perturbation | None) -> tuple[CellResult, ...]:
        results: list[CellResult] = []
        opened = self._workers.session(self._dataset, self._author, perturbation, self._watches, PRIORITY)
        async with opened as session:
            for code in self._cells:
                results.append(await session.run(code))
                if (end := results[-1].end) is not None:
                    if end.reason == "lost":
                        message = f"the session was lost in a re-run: {end.detail}"
                        raise InfrastructureError(message)
                    break
        return tuple(results)


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
