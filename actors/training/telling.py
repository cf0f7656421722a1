"""What a trainer measures, told as it goes on, and how it is stopped."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from transformers import TrainerCallback

from events.training import StepMetrics

Tell = Callable[[tuple[StepMetrics, ...]], None]
"""Takes what was measured; returns when it is durable."""
EVERY = 20
"""Updates after which what was measured is told."""
SECONDS = 10.0
"""Seconds after which it is told though it were fewer."""
_TOTALS = (
    "epoch",
    "train_runtime",
    "train_samples_per_second",
    "train_steps_per_second",
    "total_flos",
    "train_loss",
    "num_tokens",
)
"""What sums up over updates: a process that goes on from a checkpoint does not know the sum so far."""


class Teller(TrainerCallback):  # type: ignore[misc]  # transformers is not typed here
    """Gathers the measures of updates, tells them in batches, and stops a trainer that is asked to stop.

    Args:
        tell: takes a batch.
        stopped: whether somebody asked for a stop.
        saved: told of each checkpoint, once it is whole.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        tell: Tell,
        stopped: Callable[[], bool],
        saved: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.last: dict[str, float] = {}
        self._tell = tell
        self._stopped = stopped
        self._saved = saved
        self._clock = clock
        self._told_at = clock()
        self._waiting: dict[int, dict[str, float]] = {}

    def on_log(self, _: Any, state: Any, __: Any, logs: Mapping[str, Any] | None = None, **___: Any) -> None:
        """Take in the measures of one update."""
        measured = measures(logs or {})
        if measured:
            self._waiting.setdefault(state.global_step, {}).update(measured)
            self.last = measured
        if len(self._waiting) >= EVERY or self._clock() - self._told_at >= SECONDS:
            self.flush()

    def on_step_end(self, _: Any, __: Any, control: Any, **___: Any) -> Any:
        """Have a trainer that is to stop save what it has first."""
        if self._stopped():
            control.should_save = control.should_training_stop = True
        return control

    def on_save(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
        """Tell what belongs to a checkpoint before anybody goes on from it."""
        self.flush()
        self._saved(state.global_step)

    def flush(self) -> None:
        """Tell what was not told yet."""
        found = tuple(StepMetrics(step, values) for step, values in sorted(self._waiting.items()))
        self._waiting, self._told_at = {}, self._clock()
        if found:
            self._tell(found)


def measures(logs: Mapping[str, Any]) -> dict[str, float]:
    """The numbers among what a trainer logs, without its totals over all updates."""
    return {
        name: float(value)
        for name, value in logs.items()
        if isinstance(value, int | float) and name not in _TOTALS and value == value  # noqa: PLR0124  NaN
    }
