"""The product with a fault put into it: `python -m tests.crash.faulty FAULT NUMBER …`, the rest as for `cli.py`."""

import sys
from collections.abc import Callable, Mapping

import cli
from actors.tracing import recorder, recording
from actors.tracing.recording import Recorder, RecorderState
from events.envelope import Recorded
from events.struct import Event
from events.trace import AttemptEnded, TraceRecorded


def crash(times: int) -> None:
    """Have the recorder's fold raise at attempts that ended, after it touched its state, so many times."""
    whole, left = Recorder.apply, iter(range(times))

    def apply(self: Recorder, state: RecorderState, recorded: Recorded[Event]) -> None:
        whole(self, state, recorded)
        if isinstance(recorded.event, AttemptEnded) and next(left, None) is not None:
            raise KeyError("a fold broken on purpose")

    Recorder.apply = apply  # type: ignore[method-assign]


def fail(index: int) -> None:
    """Have no consistency trace with this index be recorded, however often it is tried."""

    def record(attempt: AttemptEnded) -> TraceRecorded:
        if (attempt.role, attempt.index) == ("consistency", index):
            raise ValueError("work broken on purpose")
        return recorder.record(attempt)

    vars(recording)["record"] = record  # the name under which the actor knows it


FAULTS: Mapping[str, Callable[[int], None]] = {"crash": crash, "fail": fail}

if __name__ == "__main__":
    name, number = sys.argv[1:3]
    del sys.argv[1:3]
    FAULTS[name](int(number))
    cli.main()
