"""The closed tagged union of all events, and their one encoding: JSON, one recorded event a line."""

import msgspec

from events.dataset import DatasetRefused, DatasetRegistered, DatasetTaken
from events.envelope import Recorded
from events.episode import EpisodeJudged
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from events.question import (
    QuestionAccepted,
    QuestionRejected,
    StreamExhausted,
    StreamFellShort,
    StreamRequested,
)
from events.runtime import (
    ActorCrashed,
    ActorEscalated,
    ActorRestarted,
    DeadLettered,
    HomeOpened,
    Paused,
    Resumed,
    RunStarted,
    SettingsRead,
    SettingsRefused,
    TailCut,
    WorkFailed,
    WorkParked,
)
from events.trace import AttemptEnded, HooksGraded, TraceRecorded
from events.worker import WorkerLost, WorkerStarted, WorkerStopFailed

AnyEvent = (
    HomeOpened
    | RunStarted
    | TailCut
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
)
"""Every event there is. A new one is added here and nowhere else."""

AnyRecorded = Recorded[AnyEvent]

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(AnyRecorded)


def encode(recorded: AnyRecorded) -> bytes:
    """One line of the log, without its line end."""
    return _ENCODER.encode(recorded)


def decode(line: bytes) -> AnyRecorded:
    """The event of one line.

    Raises:
        msgspec.ValidationError: an unknown type, an unknown or missing field, or a wrong type.
        msgspec.DecodeError: not JSON.
    """
    return _DECODER.decode(line)


def decode_lines(lines: bytes | memoryview) -> list[AnyRecorded]:
    """The events of many lines at once, each with its line end.

    Raises:
        msgspec.ValidationError: an unknown type, an unknown or missing field, or a wrong type.
        msgspec.DecodeError: not JSON.
    """
    return _DECODER.decode_lines(lines)
