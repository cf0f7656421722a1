"""What happened to the system itself: runs, crashes, failures of work, cuts of the log."""

from events.struct import Event, Fact

Setting = bool | int | float | str | None | tuple[str, ...]


class WorkStamp(Fact, frozen=True):
    """Which piece of owed work an event belongs to."""

    key: str
    """The work's key; one key is finished once."""
    attempt: int
    """The try, from 1; events of an earlier try than the current are refused."""
    finishes: bool = False
    """Whether it is the last event of that work."""


class HomeOpened(Event, frozen=True):
    """The log's first event."""

    home: str
    """The home's id, drawn once."""
    version: str
    """Version of tracegate that made it."""


class RunStarted(Event, frozen=True):
    """A command began to work on this home; scope and tries lost to infrastructure count anew from here."""

    command: str
    """The command's name."""
    seed: int
    """The seed given."""
    sources: tuple[str, ...]
    """The sources in scope."""


class WorkFailed(Event, frozen=True):
    """A piece of work ended in an exception; it will be tried again or put aside."""

    key: str
    """The work's key."""
    attempt: int
    """The try that failed."""
    error: str
    """The exception, with the frames that matter."""
    infrastructure: bool
    """Whether the fault lay outside the session and outside our code."""


class WorkParked(Event, frozen=True):
    """A piece of work spent its tries on infrastructure, or waits for a person; the next command goes on."""

    key: str
    """The work's key."""
    error: str
    """The last failure."""


class DeadLettered(Event, frozen=True):
    """A piece of work failed for good and was put aside."""

    key: str
    """The work's key."""
    error: str
    """The last failure."""


class ActorCrashed(Event, frozen=True):
    """A fold or a `todo` raised."""

    actor: str
    """The actor's name."""
    error: str
    """The exception, with the frames that matter."""


class ActorRestarted(Event, frozen=True):
    """A crashed actor was folded again from the log."""

    actor: str
    """The actor's name."""
    restarts: int
    """How often within the intensity window."""


class SettingsRead(Event, frozen=True):
    """A daemon began to work by these settings."""

    origin: str
    """The file that was read; empty when all came from the command line."""
    settings: dict[str, Setting]
    """Every setting in force by its name."""


class SettingsRefused(Event, frozen=True):
    """A file of settings was read again and cannot be followed; those in force stay."""

    origin: str
    """The file."""
    detail: str
    """What is wrong in it."""


class ActorEscalated(Event, frozen=True):
    """An actor crashed more often than is borne, which ended the run."""

    actor: str
    """The actor's name."""
    restarts: int
    """Restarts within the window, all in vain."""
    seconds: float
    """Length of that window."""


class TailCut(Event, frozen=True):
    """A torn tail was found at start, moved aside and cut."""

    segment: str
    """File name of the segment."""
    offset: int
    """Byte at which it was cut."""
    size: int
    """Bytes cut off."""
    kept: str
    """File name, inside the log folder, that keeps them."""


class Paused(Event, frozen=True):
    """The writer ran out of disk space and waits for room; nothing is lost meanwhile."""

    error: str
    """What the disk said."""


class Resumed(Event, frozen=True):
    """There is room again, and appending goes on."""

    seconds: float
    """How long the writer waited."""


class LogRepaired(Event, frozen=True):
    """Somebody had the log cut before its first damage; the gate stays closed until that is acknowledged."""

    segment: str
    """File name of the damaged segment; `head` where only what it told of the log was set aside."""
    start: int
    """Byte at which the damage begins."""
    end: int
    """Byte after it."""
    seq: int
    """The first place whose event was given up, if any was; this event stands there now."""
    what: str
    """What was wrong."""
    batches: int
    """Whole batches that stood behind the damage and were given up with it."""
    events: int
    """Their events."""
    kept: str
    """Folder, inside the log folder, that keeps the segments as they were."""
