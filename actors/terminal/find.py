"""From the first digits of an id, or from a name, to the one thing that is meant."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Literal

from events.dataset import DatasetRefused
from store.projections.state import State

Kind = Literal["dataset", "question", "episode", "trace", "hook", "event", "evaluation", "training"]
INSPECTED: tuple[Kind, ...] = ("dataset", "question", "episode", "trace", "hook", "training")
"""What is shown in full to a person."""
_NAMED = 5


class NotFoundError(LookupError):
    """Nothing has this id; the message says what there is."""


class AmbiguousError(LookupError):
    """Several things begin with these digits; the message names them."""


def find(state: State, kind: Kind, prefix: str) -> str:
    """The full id of the one thing of a kind that begins with `prefix`.

    A dataset is also found by its name, and so is why a file was left out. A hook is `TRACE/NAME`, where
    TRACE may be an episode, whose gold trace is then meant. An event is one that can be acknowledged: it
    touches an episode, a question, a trace, a table or a piece of work.

    Raises:
        NotFoundError: there is none.
        AmbiguousError: there are several, and none is exactly that.
    """
    if kind == "hook":
        return _find_hook(state, prefix)
    if kind == "dataset":
        return _find_dataset(state, prefix)
    places: dict[Kind, Iterable[str]] = {
        "question": state.questions.accepted,
        "episode": state.episodes.judged,
        "trace": state.traces.attempts,
        "event": state.integrity.touched,
        "evaluation": state.evaluations.started,
        "training": state.trainings.started,
    }
    return _one(kind, prefix, places[kind])


def hook_places(state: State, trace: str) -> list[tuple[int, str]]:
    """Each hook of a trace as its position among all hooks and its name, in the order raised."""
    attempt = state.traces.attempts.get(trace)
    executed = attempt.executed if attempt else ()
    return list(enumerate(hook.name for one in executed for hook in one.result.hooks))


def _find_dataset(state: State, wanted: str) -> str:
    named = [key for key, one in sorted(state.datasets.by_id.items()) if one.name == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        message = f"{len(named)} datasets are named {wanted!r}: {_some(named)}; give the id"
        raise AmbiguousError(message)
    if (refused := _refused(state, wanted)) is not None:
        message = f"{refused.path} was left out: {refused.detail} ({refused.reason})"
        raise NotFoundError(message)
    return _one("dataset", wanted, state.datasets.by_id)


def _refused(state: State, wanted: str) -> DatasetRefused | None:
    """The file of this name, or at this path, that was left out."""
    told = (
        one for path, one in sorted(state.datasets.refused.items()) if wanted in (path, PurePath(path).stem)
    )
    return next(told, None)


def _find_hook(state: State, wanted: str) -> str:
    prefix, slash, name = wanted.partition("/")
    if not slash:
        message = f"a hook is TRACE/NAME or EPISODE/NAME, not {wanted!r}"
        raise NotFoundError(message)
    trace = _find_trace_of(state, prefix)
    names = dict.fromkeys(found for _, found in hook_places(state, trace))
    if name in names:
        return f"{trace}/{name}"
    if not names:
        message = f"trace {trace} raised no hook"
        raise NotFoundError(message)
    return f"{trace}/{_one('hook', name, names)}"


def _find_trace_of(state: State, prefix: str) -> str:
    try:
        return find(state, "trace", prefix)
    except NotFoundError:
        judged = state.episodes.judged[find(state, "episode", prefix)]
        return next(vote.trace for vote in judged.votes if vote.role == "gold")


def _one(kind: str, prefix: str, ids: Iterable[str]) -> str:
    known = sorted(ids)
    if prefix in known:
        return prefix
    found = [one for one in known if one.startswith(prefix)] if prefix else []
    if len(found) == 1:
        return found[0]
    if found:
        message = f"{prefix!r} begins the ids of {len(found)} {kind}s: {_some(found)}; give more of it"
        raise AmbiguousError(message)
    what = {"event": "event that can be acknowledged", "training": "run of training"}.get(kind, kind)
    maker = {"evaluation": "evaluate", "training": "train"}.get(kind, "run")
    message = f"no {what} begins with {prefix!r}; there are {len(known)}" + (
        f": {_some(known)}" if known else f"; `tracegate {maker}` makes them"
    )
    raise NotFoundError(message)


def _some(ids: list[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
