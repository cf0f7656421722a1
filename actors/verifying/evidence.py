"""What is known of one trace when judgement is passed."""

from dataclasses import dataclass

from events.trace import AttemptEnded, HooksGraded, TraceRecorded


@dataclass(frozen=True)
class Evidence:
    """One trace: what was attempted, how it was recorded, how its hooks were graded."""

    attempt: AttemptEnded
    record: TraceRecorded
    grades: HooksGraded
