"""Runs of training as plain JSON values and for a person: what ran, behind which decision, where it lies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Group, RenderableType

from actors.terminal.plain import heading, pairs
from store.projections.state import State
from store.trained import model_in

_WORDS = {
    "finished": "finished",
    "interrupted": "interrupted; the same command goes on",
    "failed": "failed",
    "unfinished": "under way, or it died: the same command goes on",
}


def trainings(state: State, folders: Mapping[str, Path] | None = None) -> list[dict[str, Any]]:
    """Each run in brief, in the order in which they began.

    Args:
        state: what the log gives.
        folders: where runs lie, by id; those that are not named lie nowhere that is known.
    """
    return [_brief(state, run) | _places(run, folders or {}) for run in state.trainings.started]


def training(state: State, run: str, folders: Mapping[str, Path] | None = None) -> dict[str, Any]:
    """One run in full.

    Raises:
        KeyError: there is none.
    """
    known, started = state.trainings, state.trainings.started[run]
    ended, last = known.ended.get(run), known.last.get(run)
    return _brief(state, run) | {
        **_places(run, folders or {}),
        "settings": msgspec.to_builtins(started.settings),
        "rows": started.rows,
        "digest": started.digest,
        "versions": started.versions,
        "device": started.device,
        "begun": known.begun[run],
        "decision": msgspec.to_builtins(known.allowed.get(run)),
        "metrics": last.values if last else {},
        "weights": ended.weights if ended else "",
        "why": ended.why if ended else "",
    }


def training_view(found: Mapping[str, Any]) -> RenderableType:
    """One run for a person."""
    settings = ", ".join(f"{name} {value}" for name, value in found["settings"].items())
    measured = ", ".join(f"{name} {value:.4g}" for name, value in sorted(found["metrics"].items()))
    return Group(
        heading(f"training {found['run']}"),
        pairs(
            [
                ("method", found["method"]),
                ("stands", f"{_WORDS[found['standing']]}{': ' if found['why'] else ''}{found['why']}"),
                ("updates", f"{found['step']} of {found['steps']}"),
                ("learned from", f"{found['rows']} rows, digest {found['digest']}"),
                ("at log position", f"{found['seq']}, data {found['data']}"),
                ("gate's decision", _decision(found["decision"])),
                ("settings", settings),
                ("computed by", f"{found['device']}; begun {found['begun']} times"),
                ("libraries", ", ".join(f"{name} {one}" for name, one in found["versions"].items())),
                ("last measured", measured or "nothing"),
                *_lies(found),
                ("weights", found["weights"] or "none saved"),
            ]
        ),
    )


def trainings_lines(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Each run as a line of `status`."""
    return [(f"training, {one['method']}", _standing(one)) for one in found]


def _standing(one: Mapping[str, Any]) -> str:
    """What is said of a run in one line."""
    place = one["model"] or one["folder"] or "its folder is gone"
    came = f"{_WORDS[one['standing']]}, {one['step']} of {one['steps']} updates"
    return f"{one['run'][:12]}: {came}, gate judged at position {one['seq']}, {place}"


def _brief(state: State, run: str) -> dict[str, Any]:
    known, started = state.trainings, state.trainings.started[run]
    return {
        "run": run,
        "method": started.settings.method,
        "standing": known.standing(run),
        "step": known.step(run),
        "steps": started.settings.steps,
        "seq": started.seq,
        "data": started.data,
    }


def _places(run: str, folders: Mapping[str, Path]) -> dict[str, Any]:
    folder = folders.get(run)
    model = None if folder is None else model_in(folder)
    return {"folder": folder and str(folder), "model": model and str(model)}


def _lies(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    folder = found["folder"] or "gone: no folder below training/ in the home says that it is this run's"
    return [("folder", folder), ("model", found["model"] or "none yet" if found["folder"] else "gone")]


def _decision(decision: Mapping[str, Any] | None) -> str:
    if decision is None:
        return "none is in the log"
    model = f", model {decision['model']}" if decision["model"] else ""
    return f"open at {decision['decided']}, position {decision['seq']}, scope {decision['scope']}{model}"
