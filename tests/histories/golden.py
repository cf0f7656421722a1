"""Histories that were recorded once, from real runs, and are replayed by every later version."""

import shutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from events.identity import canonical_json, digest_of
from store.artifacts import render_artifacts
from store.home import Home
from store.log.lines import EVENT_MARK
from store.projections.state import State

HISTORIES = Path(__file__).parent


def copied(name: str, folder: Path, histories: Path = HISTORIES) -> Home:
    """A home with the log of a golden history, which a test may spoil."""
    shutil.copytree(histories / name / "log", folder / name / "log")
    return Home(folder / name)


def event_lines(name: str) -> list[bytes]:
    """Every event line of a golden history, with its line end."""
    found = sorted((HISTORIES / name / "log").glob("*.jsonl"))
    lines = [line for path in found for line in path.read_bytes().splitlines(keepends=True)]
    return [line for line in lines if line.startswith(EVENT_MARK)]


def facts(state: State) -> dict[str, Any]:
    """What a replay gave: in plain words what counts, and digests of everything.

    A digest leaves out what equals its default, so that a field that is added later changes none.
    """
    questions, episodes = state.questions.accepted.values(), state.episodes.judged.values()
    return {
        "seq": state.seq,
        "head": state.head,
        "datasets": {one.dataset: one.name for one in state.datasets.by_id.values()},
        "refused_files": {path: one.reason for path, one in state.datasets.refused.items()},
        "questions": {one.id: [one.source, one.question_text] for one in questions},
        "rejected": state.questions.rejected,
        "episodes": {one.episode: [one.question, one.verdict, one.why] for one in episodes},
        "quarantined": sorted(state.quarantined()),
        "artifacts": {path: digest_of(data) for path, data in render_artifacts(state).items()},
        "projections": _projections(state),
    }


def without_added(before: bytes, after: bytes) -> bytes:
    """What is written now without the fields that did not exist when it was written before."""
    return msgspec.json.encode(_without_added(msgspec.json.decode(before), msgspec.json.decode(after)))


def _without_added(before: Any, after: Any) -> Any:
    if isinstance(before, dict) and isinstance(after, dict):
        return {name: _without_added(before[name], after[name]) for name in after if name in before}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [_without_added(one, other) for one, other in zip(before, after, strict=True)]
    return after


def _projections(state: State) -> dict[str, str]:
    """A digest of each field of each read model."""
    return {
        f"{model.name}.{part.name}": digest_of(canonical_json(_bare(getattr(found, part.name))))
        for model in fields(state)
        if is_dataclass(found := getattr(state, model.name))
        for part in fields(found)
    }


def _bare(value: Any) -> Any:
    """A value as JSON, without fields that hold what they hold by default."""
    if isinstance(value, msgspec.Struct):
        filled = {one.name: getattr(value, one.name) for one in msgspec.structs.fields(value)}
        by_default = {one.name: one.default for one in msgspec.structs.fields(value)}
        return _filled(filled, by_default)
    if is_dataclass(value):
        parts = fields(value)
        return _filled(
            {one.name: getattr(value, one.name) for one in parts}, {one.name: one.default for one in parts}
        )
    if isinstance(value, Mapping):
        return {key: _bare(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_bare, value), key=canonical_json)
    return [_bare(one) for one in value] if isinstance(value, list | tuple) else value


def _filled(values: dict[str, Any], by_default: dict[str, Any]) -> dict[str, Any]:
    empty: tuple[Any, ...] = ({}, [], (), set())
    return {name: _bare(one) for name, one in values.items() if one != by_default[name] and one not in empty}
