"""A student trained behind the gate: rows of verified episodes, a run in its folder, its events in the log.

    gate ─▶ TrainingAllowed ─▶ TrainingStarted ─▶ TrainingProgressed … ─▶ TrainingEnded

The trainer works in a thread; what it measures is appended as it goes on, so that a run that dies is known up
to its last checkpoint, and the same command goes on from there.
"""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Flag
from typing import Any, Literal

import anyio
import msgspec
from anyio import from_thread, to_thread

from actors.gating.gate import Gate
from actors.gating.record import training_allowed
from actors.job import Job, Progress
from actors.lessons import rows_of
from actors.playground import opened_playground
from actors.teaching.dialogue import SolveSettings
from actors.training.building import MOST_TURNS, Lesson
from actors.training.going import go, hush, is_finished, versions
from actors.training.models import device
from actors.training.pictures import draw
from actors.training.preparing import Named, Prepared, fit_of, prepared, spans, with_play
from actors.training.problems import ChangedMeanwhileError
from actors.training.saving import last_checkpoint, step_of
from actors.workers.containers import owner_of
from actors.workers.opening import opened_workers
from events.struct import Event
from events.training import (
    StepMetrics,
    TrainingEnded,
    TrainingProgressed,
    TrainingSettings,
    TrainingStarted,
)
from store.decisions import Decision
from store.home import Home
from store.log.append import Draft, LogWriter
from store.log.read import read_events
from store.projections.state import State
from store.replay import rebuild

SHOWN = 3
"""Examples that a dry run shows."""
_SHOWN = ("loss", "reward", "right", "rewards/accuracies", "accuracy", "grad_norm")
_WORDS = 2000


@dataclass(frozen=True)
class Orders:
    """What is to be trained, and how."""

    job: Job
    """The home, and what runs a student's code."""
    named: Named
    """The model."""
    settings: TrainingSettings
    """How it goes."""
    name: str = ""
    """Name of the folder below `training/`; empty for the first digits of the run's id."""


@dataclass(frozen=True)
class Learned:
    """What came of it."""

    gate: Gate
    """The judgement it stood on."""
    run: str = ""
    """Id of the run; empty where the gate is closed."""
    folder: str = ""
    """Where checkpoints, the model and the pictures lie."""
    model: str = ""
    """The folder of the trained model; empty where it is not finished."""
    rows: int = 0
    """Rows that were learned from."""
    step: int = 0
    """The last update."""
    finished: bool = False
    """Whether all updates are made."""
    metrics: dict[str, float] = field(default_factory=dict)
    """The measures of the last update."""
    pictures: tuple[str, ...] = ()
    """Pictures of how it went."""

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        told: dict[str, Any] = msgspec.to_builtins(
            {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "gate"}
        )
        return told | {"gate": self.gate.to_dict()}


def examples(orders: Orders) -> list[list[tuple[str, bool]]]:
    """The first rows as the model sees them, in pieces, each with whether the model is to learn it.

    Raises:
        UnfitRowsError, UnfitModelError: they could not be trained on.
    """
    rows, _ = rows_of(rebuild(orders.job.home), orders.job.home, orders.settings)
    fit = fit_of(orders.settings, rows, orders.named.model)
    return [spans(fit, row) for row in rows[:SHOWN]]


async def learn(orders: Orders, gate: Gate, decision: Decision, progress: Progress) -> Learned:
    """Train, or go on from the last checkpoint, and append what was measured.

    Args:
        orders: what is to be trained.
        gate, decision: the open gate that it stands on.
        progress: told how it goes on.

    Raises:
        GateClosedError: the gate is closed.
        UnfitRowsError, UnfitModelError, OtherRunError: nothing was trained.
        ChangedMeanwhileError: the log is not what the gate judged.
        HomeLocked, InfrastructureError, OSError: the machine failed; checkpoints stand.
    """
    home = orders.job.home
    hush()
    async with LogWriter.open(home) as writer:
        state = await to_thread.run_sync(rebuild, home)
        if state.seq != decision.seq:
            raise ChangedMeanwhileError
        return await _Work(orders, decision, progress, writer).done(gate, state)


def told_of(home: Home, run: str) -> list[StepMetrics]:
    """What the log says was measured in a run, a report for each update: of two the later."""
    found: dict[int, StepMetrics] = {}
    for recorded in read_events(home, types={TrainingProgressed}):
        if isinstance(recorded.event, TrainingProgressed) and recorded.event.run == run:
            found |= {one.step: one for one in recorded.event.steps}
    return [found[step] for step in sorted(found)]


class _Work:
    """One run while it goes on."""

    def __init__(self, orders: Orders, decision: Decision, progress: Progress, writer: LogWriter) -> None:
        self._orders = orders
        self._decision = decision
        self._progress = progress
        self._writer = writer
        self._stop = Flag()

    async def done(self, gate: Gate, state: State) -> Learned:
        """Do it, or go on with it; one that is finished is left alone."""
        orders, home = self._orders, self._orders.job.home
        rows, every = await to_thread.run_sync(rows_of, state, home, orders.settings)
        found = await to_thread.run_sync(
            prepared, orders.settings, (rows, every), orders.named, home.training, orders.name
        )
        folder = found.lesson.folder
        if is_finished(folder):
            self._progress.stage(f"run {found.run} is finished: nothing is left to do")
        else:
            await self._go(found, state)
        steps = told_of(home, found.run)
        pictures = await to_thread.run_sync(draw, steps, folder)
        finished = is_finished(folder)
        return Learned(
            gate=gate,
            run=found.run,
            folder=str(folder),
            model=str(folder / "model") if finished else "",
            rows=len(found.lesson.rows),
            step=steps[-1].step if steps else 0,
            finished=finished,
            metrics=steps[-1].values if steps else {},
            pictures=tuple(map(str, pictures)),
        )

    async def _go(self, found: Prepared, state: State) -> None:
        """Tell the log what begins and how it ended, and train between."""
        await self._tell_beginning(found)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._stop_on_signal)
            try:
                async with self._lesson(found, state) as lesson:
                    ended = await to_thread.run_sync(
                        go, lesson, partial(self._tell, found.run), self._stop.is_set, self._saved
                    )
            except Exception as error:  # told in the log as well, and raised on
                why = str(error).strip() or type(error).__name__
                await self._append(TrainingEnded(found.run, "failed", 0, {}, why=why[:_WORDS]), found.run)
                raise
            tasks.cancel_scope.cancel()
        outcome: Literal["finished", "interrupted"] = "finished" if ended.finished else "interrupted"
        told = TrainingEnded(found.run, outcome, ended.step, ended.metrics, ended.weights)
        await self._append(told, found.run)

    async def _tell_beginning(self, found: Prepared) -> None:
        """What begins, and which decision of the gate it stands on: both or neither."""
        start = last_checkpoint(found.lesson.folder)
        started = TrainingStarted(
            run=found.run,
            settings=self._orders.settings,
            seq=self._decision.seq,
            data=self._decision.data,
            rows=len(found.lesson.rows),
            digest=found.digest,
            versions=versions(),
            device=device(),
            step=step_of(start) if start else 0,
        )
        told = f"goes on from update {started.step}" if started.step else f"{started.rows} rows"
        self._progress.stage(f"run {found.run}, {self._orders.settings.method}: {told}, on {started.device}")
        allowed = training_allowed(found.run, self._decision)
        await self._writer.append([Draft(one, correlation=found.run) for one in (allowed, started)])

    @asynccontextmanager
    async def _lesson(self, found: Prepared, state: State) -> AsyncIterator[Lesson]:
        """The lesson; for play with sessions to play in."""
        settings, job = self._orders.settings, self._orders.job
        if settings.method != "grpo":
            yield found.lesson
            return
        owner = owner_of(self._writer.home_id, job.home.root)
        wanted = settings.generations * settings.batch
        opened = opened_workers(job.workers, owner, self._append, job.allow_process_level, wanted)
        async with opened as (workers, told):
            self._progress.stage(f"workers: {told}")
            questions = frozenset(row["environment"]["question"] for row in found.lesson.rows)
            most = SolveSettings(max_turns=MOST_TURNS)
            async with opened_playground(job.home, state, questions, workers, most) as playground:
                yield with_play(found, playground.begin)

    def _tell(self, run: str, steps: tuple[StepMetrics, ...]) -> None:
        """Append what was measured; in the trainer's thread, which waits until it is durable."""
        from_thread.run(self._append, TrainingProgressed(run, steps), run)
        last = steps[-1]
        shown = ", ".join(f"{name} {last.values[name]:.4g}" for name in _SHOWN if name in last.values)
        self._progress.stage(f"update {last.step} of {self._orders.settings.steps}: {shown}")

    def _saved(self, step: int) -> None:
        self._progress.stage(f"checkpoint of update {step}: from here the same command would go on")

    async def _append(self, event: Event, correlation: str | None = None) -> None:
        await self._writer.append([Draft(event, correlation=correlation)])

    async def _stop_on_signal(self) -> None:
        """The first interrupt has the trainer save after this update, and stop."""
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                self._stop.set()
