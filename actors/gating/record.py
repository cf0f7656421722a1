"""What people add to the record of a home's integrity: simulated failures and acknowledgements."""

from typing import get_args

from events.gate import FailureAcknowledged, IntegrityFailure, IntegrityFailureSimulated
from store.home import Home
from store.log.append import LogWriter
from store.log.drafts import Draft

KINDS: tuple[IntegrityFailure, ...] = get_args(IntegrityFailure)


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
