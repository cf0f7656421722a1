"""The judgement whether training may start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actors.gating.case import Case, Limits, Report, RuleResult
from actors.gating.rules import DATA_RULES, Rule
from store.artifacts import data_digest, render_artifacts
from store.decisions import Decision, append_decision, decide, read_decisions
from store.home import Home
from store.projections.state import State
from store.replay import compare, rebuild


@dataclass(frozen=True)
class Gate:
    """Open or closed, with every rule."""

    open: bool
    """Whether training may start."""
    rules: tuple[RuleResult, ...]
    """Every rule, in order."""
    seq: int
    """The log position judged."""

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


def judge_home(home: Home, limits: Limits | None = None) -> tuple[Gate, Decision]:
    """The gate over a home, and the decision to keep; takes no lock and writes nothing.

    Raises:
        LogCorrupt: a batch of the log is damaged; `closed_by_log` makes the gate of it.
        InvalidDecisionsError: the file of decisions cannot be read.
    """
    state = rebuild(home)
    gate = judge(state, Report(compare(home, state), tuple(read_decisions(home))), limits)
    decision = decide(
        seq=state.seq,
        head=state.head,
        data=data_digest(state, render_artifacts(state)),
        is_open=gate.open,
        reasons=tuple(rule.rule for rule in gate.reasons),
    )
    return gate, decision


def closed_by_log(what: str, where: str) -> Gate:
    """The closed gate of a log that is damaged: no other rule can be asked of it.

    Args:
        what: what is damaged, as the reader of the log says it.
        where: segment and byte range of the batch.
    """
    result = RuleResult(
        "log_integrity",
        passed=False,
        found=what,
        allowed="whole",
        where=where,
        opens_with="put the segment back from a copy, or see `tracegate log repair`",
    )
    return Gate(open=False, rules=(result,), seq=0)


def keep(home: Home, decision: Decision) -> None:
    """Append the decision to the home's decisions.

    Raises:
        OSError: the disk refused.
    """
    append_decision(home, decision)
