"""The closed tagged union of all events, and their one encoding: JSON, one recorded event a line.

What an older version wrote under a retired tag is lifted to the event that took its place. What a newer
version wrote is refused by name.
"""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from events.calls import CallReserved, CallSettled
from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.envelope import Recorded
from events.episode import EpisodeJudged
from events.evaluation import AnswerScored, EvaluationStarted
from events.gate import FailureAcknowledged, IntegrityFailureSimulated, TrainingAllowed
from events.question import (
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamFellShort,
    StreamRequested,
)
from events.rewording import RewordingRefused
from events.runtime import (
    ActorCrashed,
    ActorEscalated,
    ActorRestarted,
    DeadLettered,
    HomeOpened,
    LogRepaired,
    Paused,
    Resumed,
    RunStarted,
    SettingsRead,
    SettingsRefused,
    TailCut,
    WorkFailed,
    WorkParked,
)
from events.struct import Event
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.training import TrainingEnded, TrainingProgressed, TrainingStarted
from events.upcast import RETIRED, UpcastError, Upcasters
from events.version import installed_version
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

AnyEvent = (
    HomeOpened
    | RunStarted
    | TailCut
    | LogRepaired
    | Paused
    | Resumed
    | WorkFailed
    | WorkParked
    | DeadLettered
    | ActorCrashed
    | ActorRestarted
    | ActorEscalated
    | DatasetRegistered
    | DatasetRefused
    | StreamRequested
    | StreamExhausted
    | QuestionAccepted
    | QuestionRejected
    | AttemptEnded
    | TraceRecorded
    | HooksGraded
    | EpisodeJudged
    | WorkerStarted
    | WorkerLost
    | WorkerStopFailed
    | IntegrityFailureSimulated
    | FailureAcknowledged
    | DatasetTaken
    | StreamFellShort
    | SettingsRead
    | SettingsRefused
    | CallReserved
    | CallSettled
    | TrainingAllowed
    | EvaluationStarted
    | AnswerScored
    | TrainingStarted
    | TrainingProgressed
    | TrainingEnded
    | RewordingRefused
)
"""Every event there is. A new one is added here and nowhere else."""

AnyRecorded = Recorded[AnyEvent]

_BY_TAG: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
UPCASTERS = Upcasters(_BY_TAG, RETIRED)
"""What reads events under retired tags."""
TAGS: Mapping[str, type[Event]] = _BY_TAG | {old: _BY_TAG[new] for old, new in UPCASTERS.ends.items()}
"""Every tag that can be read, retired ones too, with the type of event that it is read as."""

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyRecorded)
_NEVER_REMOVED = "missing required field"
"""What msgspec says of a line that no version wrote: under one tag fields are added, and none is removed."""


class FutureEventError(msgspec.ValidationError):
    """A line holds what this version of tracegate has never heard of: a newer one wrote it."""


def encode(recorded: AnyRecorded) -> bytes:
    """One line of the log, without its line end."""
    return _ENCODER.encode(recorded)


def decode(line: bytes, upcasters: Upcasters = UPCASTERS) -> AnyRecorded:
    """The event of one line.

    Raises:
        FutureEventError: a type, field or value that only a newer version can know.
        UpcastError: under a retired tag stands what its upcaster was not written for.
        msgspec.ValidationError: a field is missing, or it is no event at all.
        msgspec.DecodeError: not JSON.
    """
    try:
        return _DECODER.decode(line)
    except msgspec.ValidationError as error:
        return _decode_foreign(line, error, upcasters)


def decode_many(lines: bytes | memoryview, upcasters: Upcasters = UPCASTERS) -> list[AnyRecorded]:
    """The events of many lines at once; at the full speed of msgspec while none is under a retired tag.

    White space of any kind ends a line here: who knows how many events there should be counts them.

    Args:
        lines: event lines, each with its line end.
        upcasters: what reads retired tags.

    Raises:
        msgspec.DecodeError: as `decode`, for the first line that cannot be read.
    """
    try:
        return _DECODER.decode_lines(lines)
    except msgspec.ValidationError:
        return [decode(line, upcasters) for line in bytes(lines).splitlines()]


def _decode_foreign(line: bytes, error: msgspec.ValidationError, upcasters: Upcasters) -> AnyRecorded:
    """The event of a line that is not as this version writes it; as `decode`."""
    whole = msgspec.json.decode(line)
    event = whole.get("event") if isinstance(whole, dict) else None
    tag = event.get("type") if isinstance(event, dict) else None
    if not isinstance(tag, str):
        raise error
    if tag in upcasters:
        return _decode_retired(whole, upcasters)
    if tag not in _BY_TAG:
        raise FutureEventError(_newer(f"no event {tag}", "wrote it")) from error
    if _NEVER_REMOVED not in str(error):
        raise FutureEventError(_newer(f"{tag} otherwise ({error})", "may have written it")) from error
    raise error


def _decode_retired(whole: dict[str, Any], upcasters: Upcasters) -> AnyRecorded:
    old = whole["event"]["type"]
    try:
        return _DECODER.decode(_ENCODER.encode(whole | {"event": upcasters.lift(whole["event"])}))
    except msgspec.ValidationError as error:
        message = f"{old} cannot be read as {upcasters.ends[old]}: {error}"
        raise UpcastError(message) from error


def _newer(what: str, wrote: str) -> str:
    return (
        f"tracegate {installed_version()}, which is installed here, knows {what}: "
        f"a newer version {wrote}; upgrade tracegate to that version or a later one"
    )
