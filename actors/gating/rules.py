"""The rules of data scope, one function each: pure, and each says where to look and what would open it."""

from collections.abc import Callable

from actors.gating.case import Case, RuleResult, several
from actors.gating.grader import audited
from actors.gating.recount import Finding, majority_fault, trace_findings
from events.episode import EpisodeJudged
from store.decisions import Decision
from store.projections.episodes import by_evidence
from store.soundness import question_problem

Rule = Callable[[Case], RuleResult]
_SAID = 3
"""Lines of an error that are shown: what was raised, and what caused it."""


def log_integrity(case: Case) -> RuleResult:
    """The log is whole, and still holds every event that an earlier decision or a snapshot saw."""
    stands = case.report.positions
    lost = [
        f"gate/decisions.jsonl, line {line}: the decision of {one.time} saw event {one.head} "
        f"at position {one.seq}"
        for line, one in enumerate(case.report.decisions, start=1)
        if one.seq and stands.get(one.seq) != one.head and not _repaired_since(case, one)
    ]
    first_repaired = min((one.seq for one in case.state.integrity.repairs.values()), default=None)
    lost += [
        f"{one.where} saw event {one.event} at position {one.seq}"
        for one in case.report.snapshots
        if stands.get(one.seq) != one.event and (first_repaired is None or one.seq < first_repaired)
    ]
    return RuleResult(
        "log_integrity",
        passed=not lost,
        found=f"{len(lost)} earlier positions are gone" if lost else f"whole, {case.state.seq} events",
        allowed="whole, with every position seen before",
        where=several(lost) if lost else "tracegate log verify",
        opens_with="put the log back as it was; what was cut from it cannot be rebuilt" if lost else "",
    )


def log_repaired(case: Case) -> RuleResult:
    """No damage of the log was given up without somebody having looked at what went with it."""
    repairs = case.state.integrity.open_repairs()
    places = [f"event {key}: {repair.what}" for key, repair in sorted(repairs.items())]
    return RuleResult(
        "log_repaired",
        passed=not repairs,
        found=len(repairs),
        allowed=0,
        where=several(places) if repairs else "tracegate log verify",
        opens_with="tracegate gate --acknowledge EVENT --why REASON" if repairs else "",
    )


def artifacts_match(case: Case) -> RuleResult:
    """The artifacts are, byte by byte, what the log gives."""
    wrong = [f"{one.path}: {one.what}" for one in case.report.replay.differences]
    return RuleResult(
        "artifacts_match",
        passed=not wrong,
        found=len(wrong),
        allowed=0,
        where=several(wrong) if wrong else "tracegate replay --check",
        opens_with="tracegate replay" if wrong else "",
    )


def blobs_whole(case: Case) -> RuleResult:
    """Every table and every long output that the log names is kept, and is what was kept."""
    lost = case.report.blobs_missing
    remedy = "run again with the CSV files of the tables, or put the blobs folder back from a copy"
    return RuleResult(
        "blobs_whole",
        passed=not lost,
        found=len(lost),
        allowed=0,
        where=several([f"blob {digest}" for digest in lost]),
        opens_with=remedy if lost else "",
    )


def trace_integrity(case: Case) -> RuleResult:
    """No verified episode has a broken trace, a hook without ground or a digest that does not match."""
    state = case.state
    found = [
        Finding(event.episode, key, f"simulated {event.kind}")
        for key, event in state.integrity.open_failures().items()
    ]
    for judged in state.verified().values():
        found.extend(trace_findings(state, judged))
    places = [f"tracegate inspect episode {one.episode} (event {one.event}: {one.what})" for one in found]
    remedy = "tracegate gate --acknowledge EVENT --why REASON, which quarantines the episode"
    return RuleResult(
        "trace_integrity",
        passed=not found,
        found=len(found),
        allowed=0,
        where=several(places),
        opens_with=remedy if found else "",
    )


def strict_majority(case: Case) -> RuleResult:
    """In every verified episode the gold and a strict majority give an accepted answer, counted anew."""
    faults = [
        f"{_episode(judged)} (event {case.state.episodes.events[key]}: {fault})"
        for key, judged in case.state.verified().items()
        if (fault := majority_fault(case.state, judged)) is not None
    ]
    return RuleResult(
        "strict_majority",
        passed=not faults,
        found=len(faults),
        allowed=0,
        where=several(faults),
        opens_with="tracegate gate --acknowledge EVENT --why REASON" if faults else "",
    )


def question_identity(case: Case) -> RuleResult:
    """Every question's id follows from its content, and its answers from its contract.

    Acknowledging the event that accepted a question quarantines its episodes, and so settles its fault.
    """
    events, settled = case.state.questions.events, case.state.integrity.acknowledged
    faults = [
        f"tracegate inspect question {key} (event {events[key]}: {fault})"
        for key, question in sorted(case.state.questions.accepted.items())
        if events[key] not in settled and (fault := question_problem(question)) is not None
    ]
    return RuleResult(
        "question_identity",
        passed=not faults,
        found=len(faults),
        allowed=0,
        where=several(faults),
        opens_with="tracegate gate --acknowledge EVENT --why REASON" if faults else "",
    )


def grader_audit(case: Case) -> RuleResult:
    """Every known answer of a verified question matches in the forms that say the same, and in no other."""
    accepted = case.state.questions.accepted
    asked = {judged.question for judged in case.state.verified().values()}
    audit = audited(accepted[key] for key in sorted(asked & accepted.keys()))
    refused, taken = sum(audit.refused.values()), sum(audit.accepted.values())
    places = [f"tracegate inspect question {one.question} ({one.form})" for one in audit.misjudged]
    return RuleResult(
        "grader_audit",
        passed=audit.sound,
        found=f"{refused} false refusals, {taken} false acceptances of {audit.answers} answers",
        allowed="0 and 0",
        where=several(places) if places else "tracegate validate --grader, on the questions",
        opens_with="" if audit.sound else "mend how answers are compared; nothing acknowledges this",
    )


def dead_letters(case: Case) -> RuleResult:
    """No piece of work was put aside for good without somebody having looked at it."""
    letters = case.state.integrity.open_letters()
    places = [
        f"event {letter.event}: {key}: {_words(letter.error)}" for key, letter in sorted(letters.items())
    ]
    remedy = "tracegate gate --acknowledge EVENT --why REASON"
    return RuleResult(
        "dead_letters",
        passed=not letters,
        found=len(letters),
        allowed=0,
        where=several(places),
        opens_with=remedy if letters else "",
    )


def enough_verified(case: Case) -> RuleResult:
    """Enough verified episodes count."""
    found, least = len(case.state.verified()), case.limits.min_verified
    passed = found >= least
    return RuleResult(
        "enough_verified",
        passed=passed,
        found=found,
        allowed=f"at least {least}",
        where="tracegate status",
        opens_with="" if passed else f"tracegate run, until {least - found} more are verified",
    )


def source_yield(case: Case) -> RuleResult:
    """Of each source that has judged episodes, a share is verified: none hides behind another."""
    least = case.limits.min_source_yield
    shares = _yields(case)
    low = [source for source, share in shares.items() if share < least]
    return RuleResult(
        "source_yield",
        passed=not low,
        found=", ".join(f"{source} {share:.1%}" for source, share in shares.items()) or "no source yet",
        allowed=f"at least {least:.0%} of each",
        where="tracegate status",
        opens_with=f"see why the episodes of {', '.join(low)} are refused" if low else "",
    )


def refused_share(case: Case) -> RuleResult:
    """Not too many of all judged episodes are refused."""
    judged, most = case.state.episodes.judged, case.limits.max_refused
    refused = sum(one.verdict != "verified" for one in judged.values())
    share = refused / len(judged) if judged else 0.0
    return RuleResult(
        "refused_share",
        passed=share <= most,
        found=f"{share:.1%} ({refused} of {len(judged)})",
        allowed=f"at most {most:.0%}",
        where="tracegate status",
        opens_with="" if share <= most else "see which category is refused most, and why",
    )


def infrastructure(case: Case) -> RuleResult:
    """Not too many tries were lost to faults outside the sessions."""
    integrity, most = case.state.integrity, case.limits.max_infrastructure
    share = integrity.infrastructure_rate()
    return RuleResult(
        "infrastructure",
        passed=share <= most,
        found=f"{share:.1%} ({integrity.infrastructure} tries)",
        allowed=f"at most {most:.0%}",
        where="tracegate doctor",
        opens_with="" if share <= most else "mend the workers, then tracegate run",
    )


def evidence(case: Case) -> RuleResult:
    """Scripted and model evidence are counted apart; this rule tells and never fails."""
    counts = by_evidence(case.state.verified().values())
    found = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return RuleResult(
        "evidence", passed=True, found=found, allowed="any; told apart", where="tracegate status"
    )


DATA_RULES: tuple[Rule, ...] = (
    log_integrity,
    log_repaired,
    artifacts_match,
    blobs_whole,
    trace_integrity,
    strict_majority,
    question_identity,
    grader_audit,
    dead_letters,
    enough_verified,
    source_yield,
    refused_share,
    infrastructure,
    evidence,
)
"""Every rule of data scope, in the order in which a person should look."""


def _repaired_since(case: Case, decision: Decision) -> bool:
    """Whether what a decision saw went with a damage that was given up later; that has a rule of its own.

    Later by what the decision knew, not by its clock; a repair that is gone itself is older than all others.
    """
    repairs = case.state.integrity.repairs
    later = list(repairs)[list(repairs).index(decision.repaired) + 1 if decision.repaired in repairs else 0 :]
    return any(repairs[key].seq <= decision.seq for key in later)


def _yields(case: Case) -> dict[str, float]:
    """The verified share of each source's judged episodes, quarantined ones left out."""
    quarantined = case.state.quarantined()
    verdicts: dict[str, list[bool]] = {}
    for key, judged in sorted(case.state.episodes.judged.items()):
        if key not in quarantined:
            verdicts.setdefault(judged.source, []).append(judged.verdict == "verified")
    return {source: sum(found) / len(found) for source, found in sorted(verdicts.items())}


def _episode(judged: EpisodeJudged) -> str:
    return f"tracegate inspect episode {judged.episode}"


def _words(error: str) -> str:
    """What an error says and what caused it, without the frames, which are set in below."""
    return "; ".join([line for line in error.splitlines() if line.strip() and line[0] != " "][:_SAID])
