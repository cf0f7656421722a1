"""Rules about what lies on the disk: the log, the blobs that it names, and the artifacts that it gives."""

from actors.gating.case import ACKNOWLEDGE, Case, RuleResult, counted, several
from actors.gating.touched import Settled, namers, simulated
from store.decisions import Decision


def log_integrity(case: Case) -> RuleResult:
    """The log is whole, and still holds every event that an earlier decision or a snapshot saw."""
    gone, drills = _gone(case), simulated(case, "log_damage")
    found = f"whole, {case.state.seq} events"
    if gone or drills:
        found = f"{len(gone)} earlier positions are gone" if gone else f"{len(drills)} simulated"
    lost = "put the log back as it was; what was cut from it cannot be rebuilt" if gone else ACKNOWLEDGE
    return RuleResult(
        "log_integrity",
        passed=not gone and not drills,
        found=found,
        allowed="whole, with every position seen before",
        where=several([*gone, *drills]) if gone or drills else "tracegate log verify",
        opens_with=lost if gone or drills else "",
    )


def log_repaired(case: Case) -> RuleResult:
    """No damage of the log was given up without somebody having looked at what went with it."""
    repairs = case.state.integrity.open_repairs()
    places = [f"event {key}: {repair.what}" for key, repair in sorted(repairs.items())]
    return counted("log_repaired", places, ACKNOWLEDGE, nothing="tracegate log verify")


def artifacts_match(case: Case) -> RuleResult:
    """The artifacts are, byte by byte, what the log gives."""
    wrong = [f"{one.path}: {one.what}" for one in case.report.replay.differences]
    drills = simulated(case, "replay_divergence")
    remedy = "tracegate replay" if wrong else ACKNOWLEDGE
    return counted("artifacts_match", [*wrong, *drills], remedy, nothing="tracegate replay --check")


def blobs_whole(case: Case) -> RuleResult:
    """Every table and every long output that the log names is kept, and is what was kept.

    Acknowledging an event that names one quarantines the episodes that stand on it, and so settles the loss.
    """
    settled = Settled(case.state)
    lost = [
        f"blob {digest}{''.join(f' ({one})' for one in still)}"
        for digest, named in namers(case.state, case.report.blobs_missing).items()
        if (still := [one for one in named if not settled.covers(one)]) or not named
    ]
    remedy = (
        "run again with the CSV files of the tables, or put the blobs folder back from a copy; or "
        f"{ACKNOWLEDGE}, which quarantines what stands on it"
    )
    drills = simulated(case, "blob_damage")
    return counted("blobs_whole", [*lost, *drills], remedy if lost else ACKNOWLEDGE)


def _gone(case: Case) -> list[str]:
    """Positions that an earlier decision or a snapshot saw, and where another event stands now, or none."""
    stands = case.report.positions
    gone = [
        f"gate/decisions.jsonl, line {line}: the decision of {one.time} saw event {one.head} "
        f"at position {one.seq}"
        for line, one in enumerate(case.report.decisions, start=1)
        if one.seq and stands.get(one.seq) != one.head and not _repaired_since(case, one)
    ]
    first_repaired = min((one.seq for one in case.state.integrity.repairs.values()), default=None)
    return gone + [
        f"{one.where} saw event {one.event} at position {one.seq}"
        for one in case.report.snapshots
        if stands.get(one.seq) != one.event and (first_repaired is None or one.seq < first_repaired)
    ]


def _repaired_since(case: Case, decision: Decision) -> bool:
    """Whether what a decision saw went with a damage that was given up later; that has a rule of its own.

    Later by what the decision knew, not by its clock; a repair that is gone itself is older than all others.
    """
    repairs = case.state.integrity.repairs
    later = list(repairs)[list(repairs).index(decision.repaired) + 1 if decision.repaired in repairs else 0 :]
    return any(repairs[key].seq <= decision.seq for key in later)
