"""The judgement whether training may start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from actors.gating.case import Case, Limits, Report, RuleResult, Witnessed, several
from actors.gating.rules import DATA_RULES, Rule
from actors.gating.witness import Witness, on_record
from store.artifacts import data_digest, render_artifacts
from store.decisions import Decision, append_decision, decide, read_decisions
from store.home import Home
from store.log.index import events_at
from store.log.judged import Fault
from store.log.published import NAME
from store.log.scan import SETTLED
from store.log.verify import verify_log
from store.projections.fold import BrokenHistoryError
from store.projections.state import State
from store.replay import compare, missing_blobs, rebuild
from store.snapshots import heads_seen

_REMEDY = (
    "put the segment back from a copy, or give up what is lost with `tracegate log repair`; "
    "`tracegate log verify` names every fault"
)

_FOREIGN = (
    "put the segment back from a copy: its digests hold, so `tracegate log repair` finds nothing to cut; "
    "`tracegate log verify` names every fault"
)

_BESIDE = (
    "do with each what is said of it; nothing of the log is damaged, and `tracegate log verify` names all"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Gate:
    """Open or closed, with every rule."""

    open: bool
    """Whether training may start."""
    rules: tuple[RuleResult, ...]
    """Every rule, in order."""
    seq: int
    """The log position judged."""

    def joined(self, rules: Sequence[RuleResult]) -> "Gate":
        """The same with further rules, which may close it."""
        return Gate(self.open and all(rule.passed for rule in rules), (*self.rules, *rules), self.seq)

    @property
    def reasons(self) -> tuple[RuleResult, ...]:
        """The rules that keep it closed."""
        return tuple(rule for rule in self.rules if not rule.passed)

    def to_dict(self) -> dict[str, Any]:
        """The judgement as plain JSON values: open, rules, reasons and seq."""
        return {
            "open": self.open,
            "rules": [rule.to_dict() for rule in self.rules],
            "reasons": [rule.to_dict() for rule in self.reasons],
            "seq": self.seq,
        }


@dataclass(frozen=True)
class Fitness:
    """Whether a model can train on the export of a record."""

    model: str
    """The model."""
    rules: Callable[[State], Sequence[RuleResult]]
    """What it was found to be, a rule each."""


def judge(
    state: State, report: Report, limits: Limits | None = None, rules: Sequence[Rule] = DATA_RULES
) -> Gate:
    """The gate over a state and what the disk says; pure.

    Args:
        state: what the log gives.
        report: the replay check, and earlier decisions.
        limits: what is allowed; None for the defaults.
        rules: the rules to ask; all of them are asked, also after one has failed.
    """
    case = Case(state, report, Limits() if limits is None else limits)
    results = tuple(rule(case) for rule in rules)
    return Gate(all(result.passed for result in results), results, state.seq)


def judge_home(
    home: Home, limits: Limits | None = None, witness: Witness = on_record, fitness: Fitness | None = None
) -> tuple[Gate, Decision]:
    """The gate over a home, and the decision to keep; takes no lock and appends nothing to the log.

    A damaged log, and one that only a newer version can read, give a closed gate with that one rule, since
    no other can be asked of it. A torn tail is no damage: nothing in it was ever durable, and the next writer
    sets it aside.

    Args:
        home: what is judged.
        limits: what is allowed; None for the defaults.
        witness: tells what was seen beside the record.
        fitness: whether a model can train on the export, which makes the scope `training`.

    Raises:
        InvalidDecisionsError: the file of decisions cannot be read.
        OSError: a file cannot be read.
    """
    if faults := [fault for fault in verify_log(home).problems if not fault.torn]:
        return _closed(*_told(faults))
    try:
        state = rebuild(home, cached=False)
    except BrokenHistoryError as error:
        return _closed("a history that cannot be", str(error), _FOREIGN)
    limits = Limits() if limits is None else limits
    gate = judge(state, _report(home, state, witness(home, state, limits)), limits)
    if fitness is not None:
        gate = gate.joined(fitness.rules(state))
    return gate, decide(
        seq=state.seq,
        head=state.head,
        data=data_digest(state, render_artifacts(state)),
        is_open=gate.open,
        reasons=tuple(rule.rule for rule in gate.reasons),
        repaired=next(reversed(state.integrity.repairs), ""),
        scope="data" if fitness is None else "training",
        model="" if fitness is None else fitness.model,
    )


def _report(home: Home, state: State, witnessed: Witnessed) -> Report:
    decisions, snapshots = tuple(read_decisions(home)), heads_seen(home)
    stands = events_at(home, {one.seq for one in decisions} | {one.seq for one in snapshots})
    missing = missing_blobs(home, state)
    return Report(compare(home, state), decisions, snapshots, stands, missing, witnessed)


def _told(faults: Sequence[Fault]) -> tuple[str, str, str]:
    """What was found where, and what opens the gate; files beside the log are no damage."""
    beside = [f"{fault.segment}: {fault.what}" for fault in faults if fault.beside]
    damaged = [fault for fault in faults if not fault.beside]
    places = [f"{fault.segment}, bytes {fault.start} to {fault.end}: {fault.what}" for fault in damaged]
    where = several([*places, *beside])
    if not damaged:
        return f"{len(beside)} files that are not the log's", where, _BESIDE
    if all(fault.newer for fault in damaged):
        return "newer than this tracegate", where, "upgrade tracegate"
    if all(fault.disputed for fault in damaged):
        return f"a log and a log/{NAME} that contradict each other", where, SETTLED
    if all(fault.foreign for fault in damaged):
        return f"{len(damaged)} batches that hold what tracegate never wrote", where, _FOREIGN
    return f"{len(damaged)} damaged batches", where, _REMEDY


def _closed(found: str, where: str, opens_with: str) -> tuple[Gate, Decision]:
    """The gate of a log that cannot be folded: no position of it was judged."""
    result = RuleResult(
        "log_integrity",
        passed=False,
        found=found,
        allowed="whole",
        where=where,
        opens_with=opens_with,
    )
    gate = Gate(open=False, rules=(result,), seq=0)
    return gate, decide(seq=0, head="", data="", is_open=False, reasons=(result.rule,))


def keep(home: Home, decision: Decision) -> bool:
    """Append the decision to the home's decisions; False where the home cannot be written to."""
    try:
        append_decision(home, decision)
    except OSError as error:
        log.warning("decision not kept", home=str(home.root), error=str(error))
        return False
    return True
