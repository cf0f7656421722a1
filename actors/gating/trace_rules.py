"""Rules about what was recorded: traces, verdicts, questions, answers and work that was put aside."""

from actors.gating.case import ACKNOWLEDGE, Case, RuleResult, counted, several
from actors.gating.grader import audited
from actors.gating.recount import majority_fault, trace_findings
from actors.gating.touched import simulated
from store.soundness import question_problem

_SAID = 3
"""Lines of an error that are shown: what was raised, and what caused it."""


def trace_integrity(case: Case) -> RuleResult:
    """No verified episode has a broken trace, a hook without ground or a digest that does not match."""
    found = [
        f"tracegate inspect episode {one.episode} (event {one.event}: {one.what})"
        for judged in case.state.verified().values()
        for one in trace_findings(case.state, judged)
    ]
    drills = simulated(case, "broken_trace", "ungrounded_hook", "digest_mismatch")
    return counted("trace_integrity", [*drills, *found], f"{ACKNOWLEDGE}, which quarantines the episode")


def strict_majority(case: Case) -> RuleResult:
    """In every verified episode the gold and a strict majority give an accepted answer, counted anew."""
    faults = [
        f"tracegate inspect episode {key} (event {case.state.episodes.events[key]}: {fault})"
        for key, judged in case.state.verified().items()
        if (fault := majority_fault(case.state, judged)) is not None
    ]
    return counted("strict_majority", faults, ACKNOWLEDGE)


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
    return counted("question_identity", faults, ACKNOWLEDGE)


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
    return counted("dead_letters", [*places, *simulated(case, "dead_letter")], ACKNOWLEDGE)


def _words(error: str) -> str:
    """What an error says and what caused it, without the frames, which are set in below."""
    return "; ".join([line for line in error.splitlines() if line.strip() and line[0] != " "][:_SAID])
