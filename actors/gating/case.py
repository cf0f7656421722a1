"""What a gate judges, within which limits, and what each rule answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from actors.ports import RuleResult
from events.struct import Fact
from store.decisions import Decision
from store.projections.state import State
from store.replay import ReplayReport
from store.snapshots import Seen

__all__ = ["ACKNOWLEDGE", "Case", "Limits", "Report", "RuleResult", "counted", "several"]

ACKNOWLEDGE = "tracegate gate --acknowledge EVENT --why REASON"
"""What settles a failure that somebody looked at, and nothing else does."""

_NAMED = 3


class Limits(Fact, frozen=True):
    """How much of what is allowed; shares are between 0 and 1."""

    min_verified: int = 20
    """Verified episodes that must count, over all sources."""
    min_source_yield: float = 0.1
    """The least share of a source's judged episodes that must be verified, so none hides behind another."""
    max_infrastructure: float = 0.1
    """The largest share of tries that may be lost to infrastructure."""
    max_refused: float = 0.6
    """The largest share of judged episodes that may be refused."""


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
