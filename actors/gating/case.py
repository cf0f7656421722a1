"""What a gate judges, within which limits, and what each rule answers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from actors.gating.limits import Limits
from actors.ports import RuleResult
from store.decisions import Decision
from store.passes import SmokePass
from store.projections.state import State
from store.replay import ReplayReport
from store.snapshots import Seen

__all__ = [
    "ACKNOWLEDGE",
    "Case",
    "Diverged",
    "Limits",
    "Report",
    "RuleResult",
    "Witnessed",
    "counted",
    "several",
]

ACKNOWLEDGE = "tracegate gate --acknowledge EVENT --why REASON"
"""What settles a failure that somebody looked at, and nothing else does."""

_NAMED = 3


@dataclass(frozen=True)
class Diverged:
    """A trace that was run again and came out otherwise than the log says."""

    episode: str
    """Id of its episode."""
    event: str
    """Id of the last event about the trace; acknowledging it quarantines the episode."""
    what: str
    """The cell, the statement, and what differs."""


@dataclass(frozen=True)
class Witnessed:
    """What was seen beside the record: the program at work, and recorded episodes run again."""

    smoke: SmokePass | None = None
    """The pass of the smoke suite of this very program, here; None where none is on record."""
    smoke_fault: str = ""
    """Why the suite that was run now did not pass; empty where it did, or was not run."""
    again: Collection[str] = ()
    """Episodes that came out as recorded."""
    diverged: Sequence[Diverged] = ()
    """Traces that did not."""
    not_run: str = ""
    """Why episodes could not be run again; empty where they could, or nobody tried."""
    leaks: Sequence[str] | None = None
    """What verified episodes share with what is held out or declared; None where nobody looked."""
    not_compared: str = ""
    """Why nobody could look."""


@dataclass(frozen=True)
class Report:
    """What the disk says, beside the state folded from the log."""

    replay: ReplayReport
    """The artifacts compared with what the log gives."""
    decisions: Sequence[Decision] = ()
    """What the gate decided before, by line of its file: each remembers a position and the event there."""
    snapshots: Sequence[Seen] = ()
    """The events at which snapshots of this home were made."""
    positions: Mapping[int, str] = field(default_factory=dict)
    """Id of the event that stands now at each position that one of these names, as far as the log reaches."""
    blobs_missing: Sequence[str] = ()
    """Digests that the log names and whose bytes are missing or damaged."""
    witnessed: Witnessed = Witnessed()
    """What the program was seen to do."""


@dataclass(frozen=True)
class Case:
    """Everything that the rules look at."""

    state: State
    """What the log says."""
    report: Report
    """What the disk says."""
    limits: Limits
    """What is allowed."""


def several(places: Sequence[str]) -> str:
    """The first few of many places, and how many more there are."""
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return "; ".join(places[:_NAMED]) + more


def counted(rule: str, places: Sequence[str], opens_with: str, nothing: str = "") -> RuleResult:
    """The result of a rule that allows none of what it counts.

    Args:
        rule: its name.
        places: where to see each.
        opens_with: what would open the gate where there are some.
        nothing: where to look when there are none.
    """
    return RuleResult(
        rule,
        passed=not places,
        found=len(places),
        allowed=0,
        where=several(places) if places else nothing,
        opens_with=opens_with if places else "",
    )
