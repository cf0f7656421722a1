"""One thing in full as plain JSON values: what `inspect --json` gives."""

from typing import Any

import msgspec

from actors.terminal.find import Kind
from store.projections.state import State
from store.records import episode_record, turns_of


def describe(state: State, kind: Kind, key: str) -> dict[str, Any]:
    """A dataset, question, episode, trace or hook in full.

    Args:
        state: what the log gives.
        kind: what it is.
        key: its full id, as `find` gives it.

    Raises:
        KeyError: there is none.
    """
    found: dict[str, Any] = {
        "dataset": _dataset,
        "question": _question,
        "episode": _episode,
        "trace": _trace,
        "hook": _hook,
        "event": _event,
    }[kind](state, key)
    return found


def _dataset(state: State, key: str) -> Any:
    return msgspec.to_builtins(state.datasets.by_id[key])


def _question(state: State, key: str) -> Any:
    return msgspec.to_builtins(state.questions.accepted[key])


def _episode(state: State, key: str) -> Any:
    record = episode_record(state.episodes.judged[key], state.questions, state.traces)
    return msgspec.to_builtins(record) | {"quarantined": key in state.quarantined()}


def _trace(state: State, key: str) -> Any:
    attempt = state.traces.attempts[key]
    graded = state.traces.grades.get(key)
    return {
        "id": key,
        "question_id": attempt.question,
        "source": attempt.source,
        "role": attempt.role,
        "index": attempt.index,
        "teacher": attempt.teacher,
        "outcome": attempt.outcome,
        "stop": attempt.stop,
        "level": attempt.level,
        "lowered": attempt.lowered,
        "mistake": msgspec.to_builtins(attempt.mistake),
        "record": msgspec.to_builtins(state.traces.records.get(key)),
        "grades": msgspec.to_builtins(graded),
        "turns": msgspec.to_builtins(turns_of(key, state.traces)),
        "episodes": state.episodes.with_trace(key),
    }


def _hook(state: State, key: str) -> Any:
    trace, _, name = key.partition("/")
    hooks = [
        msgspec.to_builtins(hook) | {"turn": turn.number}
        for turn in turns_of(trace, state.traces)
        for hook in turn.hooks
        if hook.name == name
    ]
    if not hooks:
        message = f"trace {trace} raised no hook {name}"
        raise KeyError(message)
    return {"trace": trace, "name": name, "source": state.traces.attempts[trace].source, "hooks": hooks}


def _event(state: State, key: str) -> Any:
    kind, touched, seq = state.integrity.touched[key]
    return {"id": key, "seq": seq, "touches": kind, "key": touched}
