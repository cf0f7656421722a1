"""What the gate decided and on which data: one line each, beside the log and never in it."""

from datetime import UTC, datetime

from events.gate import GateScope
from events.struct import Fact
from store.durable import Disk
from store.home import Home
from store.ledger import SpoiledLine, append_fact, read_facts


class InvalidDecisionsError(ValueError):
    """A line of the decisions file is not one that was written."""


class Decision(Fact, frozen=True):
    """One judgement of the gate."""

    time: str
    """When, UTC, ISO 8601."""
    seq: int
    """The log position judged."""
    head: str
    """Id of the event at that position: a log that was shortened or replaced no longer has it there."""
    data: str
    """Digest of what could be trained on."""
    open: bool
    """Whether training might start."""
    reasons: tuple[str, ...]
    """Names of the rules that failed."""
    repaired: str = ""
    """Id of the last event that told of a repair of the log; empty before the first."""
    scope: GateScope = "data"
    """What was judged: the record, or also whether a model can train on its export."""
    model: str = ""
    """The model that was judged; empty in data scope."""


def decide(  # noqa: PLR0913  each by its name
    *,
    seq: int,
    head: str,
    data: str,
    is_open: bool,
    reasons: tuple[str, ...],
    repaired: str = "",
    scope: GateScope = "data",
    model: str = "",
) -> Decision:
    """A decision made now."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return Decision(now, seq, head, data, is_open, reasons, repaired, scope, model)


def append_decision(home: Home, decision: Decision, disk: Disk | None = None) -> None:
    """Add a decision durably; two gates at once keep both, and half a line left by a full disk is cut.

    Raises:
        OSError: the disk refused.
    """
    append_fact(home.gate_decisions, decision, disk)


def read_decisions(home: Home) -> list[Decision]:
    """Every decision, oldest first; none when there is no file.

    A last line without its end is one whose writing was interrupted: it decided nothing.

    Raises:
        InvalidDecisionsError: a whole line is not one that was written.
    """
    lines = read_facts(home.gate_decisions, Decision)
    return [_sound(number, one) for number, one in enumerate(lines, start=1)]


def last_decision(home: Home) -> Decision | None:
    """The newest decision; None when the gate was never asked.

    Raises:
        InvalidDecisionsError: a whole line is not one that was written.
    """
    decisions = read_decisions(home)
    return decisions[-1] if decisions else None


def _sound(number: int, found: Decision | SpoiledLine) -> Decision:
    if isinstance(found, Decision):
        return found
    raise InvalidDecisionsError(
        f"gate/decisions.jsonl, line {number}: {found}; move the file aside and run `tracegate gate`"
    )
