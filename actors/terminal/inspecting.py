"""What `inspect` gives: one thing in full, for a program and for a person."""

from typing import Any

from rich.console import RenderableType

from actors.terminal.describe import describe
from actors.terminal.find import Kind, NotFoundError, find
from actors.terminal.inspect_dataset import inspect_dataset
from actors.terminal.inspect_episode import inspect_episode, inspect_hook, inspect_trace
from actors.terminal.inspect_question import inspect_question
from events.question import Source
from store.projections.state import State

_VIEWS = {
    "dataset": inspect_dataset,
    "question": inspect_question,
    "episode": inspect_episode,
    "trace": inspect_trace,
    "hook": inspect_hook,
}


def inspected(
    state: State, kind: Kind, prefix: str, source: Source | None
) -> tuple[dict[str, Any], RenderableType]:
    """One thing in full.

    Raises:
        NotFoundError: there is none, or it is of another source.
        AmbiguousError: the digits begin several ids.
    """
    key = find(state, kind, prefix)
    found = describe(state, kind, key)
    if source is not None and found.get("source") != source:
        raise NotFoundError(f"{kind} {key} is not of source {source}")
    return found, _VIEWS[kind](state, key)
