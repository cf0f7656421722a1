"""What is added to the record of integrity: simulated failures, acknowledgements, what training stood on."""

from typing import get_args

from events.gate import FailureAcknowledged, IntegrityFailure, IntegrityFailureSimulated, TrainingAllowed
from store.decisions import Decision
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft

KINDS: tuple[IntegrityFailure, ...] = get_args(IntegrityFailure)


class GateClosedError(Exception):
    """Training was to stand on a decision that keeps the gate closed."""


async def simulate(home: Home, kind: IntegrityFailure, episode: str) -> str:
    """Append a simulated integrity failure of an episode; the id of the event.

    Raises:
        HomeLocked: another process writes to this home.
    """
    async with LogWriter.open(home) as writer:
        (recorded,) = await writer.append(
            [Draft(IntegrityFailureSimulated(kind, episode), correlation=episode)]
        )
    return recorded.id


async def acknowledge(home: Home, failure: str, why: str) -> str:
    """Append that a failure was looked at, and why it is no danger; the id of the event.

    Raises:
        HomeLocked: another process writes to this home.
    """
    async with LogWriter.open(home) as writer:
        (recorded,) = await writer.append([Draft(FailureAcknowledged(failure, why), cause=failure)])
    return recorded.id


def training_allowed(run: str, decision: Decision) -> TrainingAllowed:
    """The event by which a training run tells which decision it stands on.

    Raises:
        GateClosedError: it is not open.
    """
    if not decision.open:
        message = f"the gate is closed: {', '.join(decision.reasons)}; `tracegate gate` says where to look"
        raise GateClosedError(message)
    return TrainingAllowed(
        run, decision.time, decision.seq, decision.head, decision.data, decision.scope, decision.model
    )
