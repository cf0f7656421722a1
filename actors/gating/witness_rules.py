"""Rules about what was seen beside the record: the program passing its smoke suite, episodes run again."""

from actors.gating.case import ACKNOWLEDGE, Case, RuleResult, several
from actors.gating.touched import simulated
from events.identity import identify
from store.program import environment_digest, source_digest
from store.projections.state import State


def smoke(case: Case) -> RuleResult:
    """The smoke suite has passed, by this very source and in this environment."""
    passed, fault = case.report.witnessed.smoke, case.report.witnessed.smoke_fault
    here = f"source {source_digest()[:12]} in environment {environment_digest()[:12]}"
    found = fault or f"no pass of {here} is on record"
    if passed is not None:
        found = f"passed at {passed.time}, {len(passed.outputs)} outputs in {passed.seconds:.0f} s"
    return RuleResult(
        "smoke",
        passed=passed is not None,
        found=found,
        allowed=f"a pass of {here}",
        where="tracegate smoke",
        opens_with="" if passed is not None else "tracegate smoke, once what it names is mended",
    )


def execution(case: Case) -> RuleResult:
    """A sample of the verified episodes, run again in fresh sessions, comes out as recorded."""
    seen, limits = case.report.witnessed, case.limits
    wanted = sampled(case.state, limits.sample, limits.sample_seed)
    missing = [one for one in wanted if one not in seen.again]
    verified = case.state.verified()
    diverged = [
        f"tracegate inspect episode {one.episode} (event {one.event}: {one.what})"
        for one in seen.diverged
        if one.episode in verified
    ]
    drills = simulated(case, "execution_divergence")
    places = [*diverged, *drills] or [f"tracegate replay --execute {one}" for one in missing]
    found = f"{len(wanted) - len(missing)} of {len(wanted)} came out as recorded"
    found += f", {len(drills)} simulated divergences" if drills else ""
    return RuleResult(
        "execution",
        passed=not missing and not diverged and not drills,
        found=f"{found}: {seen.not_run}" if missing and seen.not_run else found,
        allowed=f"all {len(wanted)} of the sample",
        where=several(places) if places else f"tracegate replay --execute --all --sample {limits.sample}",
        opens_with=_remedy(bool(diverged or drills), bool(missing)),
    )


def leakage(case: Case) -> RuleResult:
    """Nothing is trained on that is held out, or that a declared benchmark holds, found anew from content."""
    seen, declared = case.report.witnessed, len(case.limits.benchmarks)
    leaks = seen.leaks
    found = "not looked for" + (f": {seen.not_compared}" if seen.not_compared else "")
    remedy = "tracegate gate, once every table can be read"
    if leaks:
        remedy = f"{ACKNOWLEDGE}, which quarantines what stands on it"
    return RuleResult(
        "leakage",
        passed=leaks is not None and not leaks,
        found=found if leaks is None else len(leaks),
        allowed=f"0 between splits and with {declared} declared benchmarks",
        where=several(leaks) if leaks else "exports/splits.json, which `tracegate export` writes",
        opens_with="" if leaks is not None and not leaks else remedy,
    )


def _remedy(acknowledged: bool, missing: bool) -> str:
    if acknowledged:
        return f"{ACKNOWLEDGE}, which quarantines the episode"
    return "tracegate replay --execute EPISODE, with workers that can run it" if missing else ""


def sampled(state: State, count: int, seed: int) -> list[str]:
    """The verified episodes of a sample: so many, always the same ones for a record and seed."""
    ranked = sorted(state.verified(), key=lambda episode: identify("gate sample", seed, episode))
    return sorted(ranked[:count])
