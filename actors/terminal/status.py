"""Where things stand, as plain JSON values under keys that never change."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import RenderableType

from actors.terminal.costs import costs
from actors.terminal.plain import pairs
from actors.terminal.trainings import trainings, trainings_lines
from events.question import SOURCES
from store.beacon import Beacon, read_beacon
from store.decisions import Decision, last_decision
from store.home import Home
from store.projections.episodes import by_evidence
from store.projections.state import State
from store.replay import rebuild
from store.trained import folders_of_runs


def standing(home: Home) -> tuple[dict[str, Any], State]:
    """Where a home stands now, with all that is known beside its log; and what the log gives.

    Raises:
        LogCorrupt, BrokenHistoryError, InvalidDecisionsError: it cannot be said.
    """
    state = rebuild(home)
    return status(state, last_decision(home), read_beacon(home), folders_of_runs(home)), state


def status(
    state: State,
    decision: Decision | None = None,
    beacon: Beacon | None = None,
    folders: Mapping[str, Path] | None = None,
) -> dict[str, Any]:
    """Where things stand.

    Args:
        state: what the log gives.
        decision: the gate's last decision; None when it was never asked.
        beacon: what the last daemon told of itself; None when there was none.
        folders: where runs of training lie, by id.
    """
    return {
        "seq": state.seq,
        "datasets": len(state.datasets.by_id),
        "refused_files": len(state.datasets.refused),
        "questions": state.questions.counts(),
        "rejected": {
            source: dict(sorted(state.questions.rejected.get(source, {}).items())) for source in SOURCES
        },
        "episodes": {
            "verified": len(state.episodes.verified()),
            "refused": state.episodes.refused(),
            "quarantined": len(state.quarantined()),
            "evidence": by_evidence(state.episodes.verified().values()),
        },
        "costs": costs(state.calls),
        "dead_letters": len(state.integrity.open_letters()),
        "parked": len(state.integrity.parked),
        "workers_lost": state.workers.lost(),
        "trainings": trainings(state, folders),
        "gate": _gate(state, decision),
        "daemon": None if beacon is None else msgspec.to_builtins(beacon) | {"alive": beacon.alive},
    }


def status_view(found: dict[str, Any]) -> RenderableType:
    """The same for a person, one line a thing."""
    episodes = found["episodes"]
    return pairs(
        [
            ("log position", str(found["seq"])),
            ("datasets", f"{found['datasets']} ({found['refused_files']} files left out)"),
            ("questions", _counts(found["questions"])),
            *((f"rejected, {source}", _counts(found["rejected"][source])) for source in SOURCES),
            ("verified", f"{episodes['verified']} ({_counts(episodes['evidence'])})"),
            ("refused", _counts(episodes["refused"])),
            ("quarantined", str(episodes["quarantined"])),
            ("model calls", _cost(found["costs"]["total"])),
            ("dead letters", str(found["dead_letters"])),
            ("parked", str(found["parked"])),
            ("workers lost", str(found["workers_lost"])),
            *trainings_lines(found["trainings"]),
            ("gate", _gate_words(found["gate"])),
            *_daemon(found["daemon"]),
        ]
    )


def _cost(total: dict[str, Any]) -> str:
    if not total["sent"]:
        return "none"
    most = f" (of which {total['uncertain']:.4f} at most)" if total["uncertain"] else ""
    return f"{total['sent']}, {total['answered']} answered, cost {total['cost']:.4f}{most}"


def _gate(state: State, decision: Decision | None) -> dict[str, Any]:
    """A decision is current only at the position and event that it judged."""
    if decision is None:
        return {"open": False, "seq": None, "current": False, "reasons": []}
    return {
        "open": decision.open,
        "seq": decision.seq,
        "current": decision.seq == state.seq and decision.head == state.head,
        "reasons": list(decision.reasons),
    }


def _gate_words(gate: dict[str, Any]) -> str:
    if gate["seq"] is None:
        return "closed: never asked; `tracegate gate` judges"
    word = "open" if gate["open"] else f"closed ({', '.join(gate['reasons'])})"
    return word if gate["current"] else f"{word}, judged at position {gate['seq']}; ask again"


def _daemon(found: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What a daemon told, if there is or was one; none told of `waiting` after its death."""
    if found is None:
        return []
    if not found["alive"]:
        ended = f"{found['stage']} at {found['told']}"
        told = ended if found["stage"] == "ended" else f"dead since after {found['told']}; start it again"
        return [("daemon", f"process {found['pid']}: {told}"), *_problem(found)]
    settings = ", ".join(f"{name} {value}" for name, value in found["settings"].items() if value is not None)
    actors = [(f"  {one['name']}", _actor(one)) for one in found["actors"]]
    return [
        ("daemon", f"process {found['pid']} since {found['since']}: {found['stage']}, told {found['told']}"),
        ("  workers", found["workers"] or "none yet"),
        ("  settings", settings),
        ("  files", f"{found['files']} read, {found['unsettled']} still changing"),
        *actors,
        *_problem(found),
    ]


def _actor(found: dict[str, Any]) -> str:
    oldest = "" if found["oldest"] is None else f", the oldest for {found['oldest']:.0f} s"
    return f"{found['behind']} events behind, {found['owed']} owed, {found['running']} running{oldest}"


def _problem(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [("  problem", found["problem"])] if found["problem"] else []


def _counts(counts: dict[str, int]) -> str:
    shown = [f"{name} {count}" for name, count in counts.items() if count]
    return ", ".join(shown) or "none"
