"""Rules about how much there is: verified episodes, and the shares that were refused or lost."""

from actors.gating.case import Case, RuleResult
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
