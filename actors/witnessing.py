"""The gate with what it has to see for itself: the smoke suite run, and recorded episodes run again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import structlog
from anyio import to_thread

from actors.gating.case import Diverged, Limits, Witnessed
from actors.gating.witness import on_record
from actors.gating.witness_rules import sampled
from actors.job import Progress
from actors.leaking import between_splits, with_benchmark
from actors.ports import InfrastructureError, Workers
from actors.replaying import Found, Replayed, run_beside, run_on
from actors.runtime.loop import QUICK
from actors.smoke.suite import SmokeFailed, smoked
from store.blobs import BlobCorrupt, BlobMissing
from store.home import Home
from store.passes import SmokePass, keep_pass
from store.projections.state import State
from store.replay import rebuild
from store.reruns import keep_reruns
from store.separations import keep_separation

_LOST = (InfrastructureError, BlobMissing, BlobCorrupt)
"""Why episodes cannot be run again, though nothing is wrong with how they came out."""

_log = structlog.get_logger()


class Witnessing:
    """Sees to it that what the gate asks for is on record, and runs what is not; a `Witness`.

    Args:
        progress: told what is run.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._diverged: list[Diverged] = []
        self._not_run = ""
        self._tried: set[str] = set()
        self._again: set[str] = set()

    def __call__(self, home: Home, state: State, limits: Limits) -> Witnessed:
        """What is on record, after what was lacking there has been run."""
        seen = on_record(home, state, limits)
        passed, fault = seen.smoke, ""
        if passed is None:
            passed, fault = self._smoke(home)
        lacking = self._lacking(state, limits, seen)
        if lacking:
            self._progress.stage(f"gate: {len(lacking)} episodes are run again")
            anyio.run(self._beside, home, state, lacking, backend_options=QUICK)
        again = {*seen.again, *self._again}
        leaks, problem = seen.leaks, ""
        if leaks is None:
            leaks, problem = self._leaks(home, state, limits)
        return Witnessed(passed, fault, again, tuple(self._diverged), self._not_run, leaks, problem)

    async def while_warm(self, home: Home, limits: Limits, workers: Workers, told: str) -> None:
        """Run what the gate will ask for while a job's workers are still there."""
        state = await to_thread.run_sync(rebuild, home)
        seen = on_record(home, state, limits)
        if lacking := self._lacking(state, limits, seen):
            try:
                self._take(home, state, lacking, await run_on(workers, told, home, state, lacking))
            except _LOST as problem:
                self._not_run = str(problem)

    def _lacking(self, state: State, limits: Limits, seen: Witnessed) -> list[str]:
        known = {*seen.again, *self._tried}
        return [one for one in sampled(state, limits.sample, limits.sample_seed) if one not in known]

    def _smoke(self, home: Home) -> tuple[SmokePass | None, str]:
        self._progress.stage("gate: no pass of the smoke suite is on record; it is run")
        try:
            passed = smoked()
        except SmokeFailed as failed:
            return None, str(failed)
        if keep_pass(home, passed) is None:
            _log.warning("pass of the smoke suite not kept", home=str(home.root))
        return passed, ""

    def _leaks(self, home: Home, state: State, limits: Limits) -> tuple[Sequence[str] | None, str]:
        self._progress.stage("gate: what is held out is compared with what is trained on")
        try:
            found = list(between_splits(home, state))
            if not found:
                _kept(keep_separation, home, state)
            for folder in limits.benchmarks:
                found += with_benchmark(home, state, Path(folder))
        except (BlobMissing, BlobCorrupt) as problem:
            return None, str(problem)
        return found, ""

    async def _beside(self, home: Home, state: State, episodes: Sequence[str]) -> None:
        try:
            self._take(home, state, episodes, await run_beside(home, state, episodes))
        except _LOST as problem:
            self._not_run = str(problem)

    def _take(self, home: Home, state: State, episodes: Sequence[str], found: Replayed) -> None:
        came = found.came_again(state, episodes)
        self._tried.update(episodes)
        self._again.update(came)
        self._diverged.extend(_diverged(state, one) for one in found.divergences)
        _kept(keep_reruns, home, state, came, found.workers)


def _kept(keep: Callable[..., None], home: Home, *told: object) -> None:
    """Keep what was seen, where the home can be written to; where not, it is seen again the next time."""
    try:
        keep(home, *told)
    except OSError as error:
        _log.warning("what the gate saw is not kept", home=str(home.root), error=str(error))


def _diverged(state: State, found: Found) -> Diverged:
    one = found.differs
    where = f"{found.role} trace {found.trace}, cell {one.cell}, {one.statement!r}"
    what = f"{where}: {one.what} recorded {one.recorded!r}, again {one.again!r}"
    return Diverged(found.episode, state.traces.events[found.trace], what)
