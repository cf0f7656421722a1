"""Rules about how much there is: verified episodes, and the shares that were refused or lost."""

from collections import Counter
from collections.abc import Iterable, Iterator

from actors.gating.case import Case, RuleResult
from events.question import Question
from store.projections.episodes import by_evidence


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


def enough_of_each(case: Case) -> RuleResult:
    """Enough verified episodes count of each source and table, and of several templates and levels."""
    wanting = [told for told in _shortages(case) if told]
    limits = case.limits
    return RuleResult(
        "enough_of_each",
        passed=not wanting,
        found="; ".join(wanting) if wanting else _spread(case),
        allowed=f"at least {limits.min_of_source} of each source, {limits.min_of_dataset} of each table, "
        f"{limits.min_templates} templates, {limits.min_levels} levels; or half of what was asked",
        where="tracegate stats",
        opens_with="tracegate run with more --questions, or look why these are refused" if wanting else "",
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


def _yields(case: Case) -> dict[str, float]:
    """The verified share of each source's judged episodes, quarantined ones left out."""
    quarantined = case.state.quarantined()
    verdicts: dict[str, list[bool]] = {}
    for key, judged in sorted(case.state.episodes.judged.items()):
        if key not in quarantined:
            verdicts.setdefault(judged.source, []).append(judged.verdict == "verified")
    return {source: sum(found) / len(found) for source, found in sorted(verdicts.items())}


def _shortages(case: Case) -> Iterator[str]:
    """What there are too few verified episodes of; where little was asked half of it is enough."""
    limits, asked = case.limits, case.state.questions.accepted.values()
    standing = _standing(case)
    verified = case.state.verified().values()
    by_source = _counts(one.source for one in asked), _counts(one.source for one in verified)
    by_table = _counts(one.dataset for one in asked), _counts(one.dataset for one in verified)
    for what, least, (questions, found) in (
        ("source", limits.min_of_source, by_source),
        ("table", limits.min_of_dataset, by_table),
    ):
        for key in sorted(questions.keys() & standing):
            if found[key] < min(least, questions[key] // 2):
                yield f"{found[key]} of {what} {_name(case, key)}"
    for what, least, known, reached in (
        ("templates", limits.min_templates, _templates(asked), _templates(_asked(case))),
        ("levels of difficulty", limits.min_levels, _levels(asked), _levels(_asked(case))),
    ):
        if len(reached) < min(least, (len(known) + 1) // 2):
            yield f"{len(reached)} {what}"


def _standing(case: Case) -> set[str]:
    """The sources and tables that have questions left; of the others somebody took all out."""
    state = case.state
    out = {state.episodes.judged[one].question for one in state.quarantined()}
    left = [one for key, one in state.questions.accepted.items() if key not in out]
    return {str(one.source) for one in left} | {one.dataset for one in left}


def _counts(keys: Iterable[str]) -> Counter[str]:
    return Counter(keys)


def _spread(case: Case) -> str:
    """How far the verified episodes reach."""
    verified = case.state.verified().values()
    counts: dict[str, set[str]] = {
        "sources": {str(one.source) for one in verified},
        "tables": {one.dataset for one in verified},
        "templates": _templates(_asked(case)),
        "levels": _levels(_asked(case)),
    }
    return ", ".join(f"{len(found)} {name}" for name, found in counts.items())


def _templates(questions: Iterable[Question]) -> set[str]:
    return {name for one in questions if (name := one.recipe.template) is not None}


def _levels(questions: Iterable[Question]) -> set[str]:
    return {one.difficulty.level for one in questions}


def _asked(case: Case) -> list[Question]:
    """The questions of the verified episodes."""
    accepted = case.state.questions.accepted
    return [accepted[one.question] for one in case.state.verified().values() if one.question in accepted]


def _name(case: Case, key: str) -> str:
    """A table's name; a source is its own."""
    table = case.state.datasets.by_id.get(key)
    return key if table is None else table.name
