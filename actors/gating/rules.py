"""The rules of data scope, one function each: pure, and each says where to look and what would open it."""

from collections.abc import Callable

from actors.gating.amount_rules import (
    enough_of_each,
    enough_verified,
    evidence,
    infrastructure,
    refused_share,
    source_yield,
)
from actors.gating.case import Case, RuleResult
from actors.gating.disk_rules import artifacts_match, blobs_whole, log_integrity, log_repaired
from actors.gating.trace_rules import (
    dead_letters,
    grader_audit,
    question_identity,
    strict_majority,
    trace_integrity,
)
from actors.gating.witness_rules import execution, leakage, smoke

Rule = Callable[[Case], RuleResult]

DATA_RULES: tuple[Rule, ...] = (
    log_integrity,
    log_repaired,
    artifacts_match,
    blobs_whole,
    smoke,
    trace_integrity,
    execution,
    strict_majority,
    question_identity,
    grader_audit,
    dead_letters,
    enough_verified,
    enough_of_each,
    leakage,
    source_yield,
    refused_share,
    infrastructure,
    evidence,
)
"""Every rule of data scope, in the order in which a person should look."""
