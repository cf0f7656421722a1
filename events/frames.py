"""What the host and the program behind the wall say to each other; each frame is one struct as JSON.

Frames to session 0 are for the worker as a whole: Load, Drop, Ping, Ready, Loaded, Dropped, Pong.
"""

from events.dataset import ReaderSettings
from events.struct import Fact
from events.trace import CellResult, Perturbation, SessionEnd


class Limits(Fact, frozen=True):
    """What one session may use; enforced outside the session's process."""

    cell_seconds: float = 10.0
    """Wall time of one cell, without what it waited for processors that others had; past it the cell is
    interrupted, and killed 0.5 s later."""
    memory_bytes: int = 2 * 1024**3
    """Address space of the session."""
    output_chars: int = 20_000
    """Characters kept of stdout, of stderr and of a display; what is beyond is counted."""
    output_bytes_total: int = 50_000_000
    """Bytes a cell may print before it is stopped."""
    cpu_seconds: int = 600
    """CPU time of the session in its whole life, idle or not, of all its threads; at most the default."""


class Watch(Fact, frozen=True):
    """Ask a re-run what `name` holds each time `statement` has run."""

    statement: str
    """A statement as `ast.unparse` prints it."""
    name: str
    """The variable to look at."""


class Load(Fact, frozen=True):
    """Host to worker: a piece of a table's bytes; the last piece makes it known."""

    dataset: str
    """The dataset's id."""
    reader: ReaderSettings
    """How the bytes become a table."""
    chunk: bytes
    """The next bytes of the file."""
    last: bool
    """Whether this is the end of the file."""
    room: int = 0
    """Bytes of memory that the table may take, or it is not kept; 0 for any."""


class Drop(Fact, frozen=True):
    """Host to worker: forget a table; no session of it is open."""

    dataset: str
    """The dataset's id."""


class New(Fact, frozen=True):
    """Host to session: begin, with a number that was never used on this channel."""

    dataset: str
    """The table that is to be `df`."""
    limits: Limits
    """What the session may use."""
    perturbation: Perturbation | None = None
    """What is done to the table first."""
    watches: tuple[Watch, ...] = ()
    """What is to be remembered for hooks."""
    branchable: bool = False
    """Whether it may be asked to branch."""


class RunCell(Fact, frozen=True):
    """Host to session: run one cell; one at a time."""

    number: int
    """The cell's number in its session, from 0."""
    code: str
    """The code, exactly as it is to be executed."""


class Interrupt(Fact, frozen=True):
    """Host to session: end the cell of this number, as its wall limit would."""

    number: int
    """The cell's number; one that is over is left alone."""


class Branch(Fact, frozen=True):
    """Host to a branchable session: be two from here on, with the state that there is."""

    twin: int
    """The number under which the other one answers; it was never used on this channel."""


class Close(Fact, frozen=True):
    """Host to session: end now; no answer is awaited."""


class Ping(Fact, frozen=True):
    """Host to worker: say that you live."""

    number: int
    """Comes back in the answer."""


class Ready(Fact, frozen=True):
    """Worker to host: everything is imported; the first frame of all."""

    fingerprint: str
    """Digest of the numeric environment."""
    environment: dict[str, str]
    """What the fingerprint is made of."""
    unwalled: str = ""
    """Why its sessions have no wall each; empty when they have."""
    version: str = ""
    """Digest of the program that runs there; the host refuses every other one than its own."""


class Loaded(Fact, frozen=True):
    """Worker to host: the table is known, or why it cannot be."""

    dataset: str
    """The dataset's id."""
    problem: str = ""
    """Empty when it could be read."""
    memory: int = 0
    """Bytes that the table takes; where that is more than its room, it was not kept."""


class Dropped(Fact, frozen=True):
    """Worker to host: the table is known no more."""

    dataset: str
    """The dataset's id."""


class Pong(Fact, frozen=True):
    """Worker to host: the answer to a ping."""

    number: int
    """The ping's number."""


class Opened(Fact, frozen=True):
    """Session to host: ready for cells, or why not."""

    problem: str = ""
    """Empty when it is ready."""


class Branched(Fact, frozen=True):
    """Session to host: the answer to Branch of the one that was asked; its twin says Opened by itself."""

    problem: str = ""
    """Why there is no twin; empty when there is."""


class Result(Fact, frozen=True):
    """Session to host: what came back for a cell."""

    result: CellResult
    """The cell's result; its `end` is never set by the session itself."""
    last: bool = False
    """Whether the session stops here, for a limit it ran into."""


class Exit(Fact, frozen=True):
    """Supervisor to host: the session's process is gone."""

    end: SessionEnd
    """How it ended."""


Frame = (
    Load
    | New
    | RunCell
    | Close
    | Ping
    | Ready
    | Loaded
    | Pong
    | Opened
    | Result
    | Exit
    | Branch
    | Branched
    | Interrupt
    | Drop
    | Dropped
)
"""Every frame there is."""
