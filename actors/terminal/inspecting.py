"""What `inspect` gives: one thing in full, for a program and for a person."""

from typing import Any

from rich.console import RenderableType

from actors.terminal.describe import describe
from actors.terminal.find import Kind, NotFoundError, find
from actors.terminal.inspect_dataset import inspect_dataset
from actors.terminal.inspect_episode import inspect_episode, inspect_hook, inspect_trace
from actors.terminal.inspect_question import inspect_question
from actors.terminal.trainings import training, training_view
from events.question import Source
from store.home import Home
from store.projections.state import State
from store.replay import rebuild
from store.trained import folders_of_runs

_VIEWS = {
    "dataset": inspect_dataset,
    "question": inspect_question,
    "episode": inspect_episode,
    "trace": inspect_trace,
    "hook": inspect_hook,
}


def inspected(
    home: Home, kind: Kind, prefix: str, source: Source | None
) -> tuple[dict[str, Any], RenderableType]:
    """One thing in full.

    Raises:
        NotFoundError: there is none, or it is of another source.
        AmbiguousError: the digits begin several ids.
        LogCorrupt, BrokenHistoryError: it cannot be said.
    """
    state = rebuild(home)
    if kind == "training":
        return _training(home, state, prefix, source)
    key = find(state, kind, prefix)
    found = describe(state, kind, key)
    if source is not None and found.get("source") != source:
        raise NotFoundError(f"{kind} {key} is not of source {source}")
    return found, _VIEWS[kind](state, key)


def _training(
    home: Home, state: State, wanted: str, source: Source | None
) -> tuple[dict[str, Any], RenderableType]:
    """A run of training, by the first digits of its id or by the name of its folder."""
    folders = folders_of_runs(home)
    named = {folder.name: run for run, folder in folders.items()}
    key = find(state, "training", named.get(wanted, wanted))
    if source is not None:
        raise NotFoundError(f"training {key} is of every source that its rows have; leave --source out")
    found = training(state, key, folders)
    return found, training_view(found)
