"""The recorder's word is not believed: what it should have called broken closes the gate."""

from collections.abc import Callable

import msgspec
import pytest

from actors.gating.case import Limits
from events.gate import FailureAcknowledged
from events.trace import AttemptEnded, Message, StatementRun, TraceRecorded
from events.wire import AnyEvent
from tests.gating.asked import changed, gate_of
from tests.history import told


def other_code(event: AnyEvent) -> AnyEvent | None:
    """The cell that ran has not the digest of the one that was said."""
    if not isinstance(event, AttemptEnded):
        return None
    executed = msgspec.structs.replace(event.executed[0], code_digest="0" * 32)
    return msgspec.structs.replace(event, executed=(executed,))


def executed_as(event: AnyEvent, **fields: object) -> AnyEvent | None:
    """An attempt whose one result has other fields."""
    if not isinstance(event, AttemptEnded):
        return None
    result = msgspec.structs.replace(event.executed[0].result, **fields)
    return msgspec.structs.replace(
        event, executed=(msgspec.structs.replace(event.executed[0], result=result),)
    )


def other_submission(event: AnyEvent) -> AnyEvent | None:
    """The digest of its answer is that of another."""
    if not isinstance(event, AttemptEnded):
        return None
    given = event.executed[0].result.submission
    assert given is not None
    return executed_as(event, submission=msgspec.structs.replace(given, digest="0" * 32))


def unexecuted(event: AnyEvent) -> AnyEvent | None:
    """One more cell was said."""
    if not isinstance(event, AttemptEnded):
        return None
    return msgspec.structs.replace(event, said=(*event.said, Message("Once more.", "x = 1\n", 1)))


def foreign_statement(event: AnyEvent) -> AnyEvent | None:
    """A statement ran that the code has not."""
    if not isinstance(event, AttemptEnded):
        return None
    ran = event.executed[0].result.statements
    return executed_as(event, statements=(StatementRun("m = 4201.754386"), *ran[1:]))


def other_outcome(event: AnyEvent) -> AnyEvent | None:
    return msgspec.structs.replace(event, outcome="gave_up") if isinstance(event, AttemptEnded) else None


def other_role(event: AnyEvent) -> AnyEvent | None:
    return msgspec.structs.replace(event, role="negative") if isinstance(event, TraceRecorded) else None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_code, "the worker ran other code in cell 0 than was said"),
        (other_submission, "the answer of cell 0 is not the one with its digest"),
        (unexecuted, "cell 1 was said but not executed"),
        (foreign_statement, "cell 0 reports a statement that its code does not run there: 'm = 4201.754386'"),
        (other_outcome, "the outcome is gave_up, but an answer was submitted"),
        (other_role, "its record names role negative, its attempt gold"),
    ],
)
def test_a_record_is_made_again_and_not_believed(
    change: Callable[[AnyEvent], AnyEvent | None], said: str
) -> None:
    """The recorder called each of these whole, as far as the log says."""
    history = changed(told(), change)
    assert all(one.broken is None for one in history.state().traces.records.values())
    reason = next(one for one in gate_of(history).reasons if one.rule == "trace_integrity")
    assert said in reason.where
    event = reason.where.split("(event ")[1][:32]
    history.tell(FailureAcknowledged(event, "looked at it"))
    assert gate_of(history, Limits(min_verified=3)).open
