"""Turns with labels, for models that judge steps.

    {"prompt": text, "completions": [a turn as text, …], "labels": [1.0, None, 0.0, …],
     "states": ["right", "unknown", "fatal", …], "hook_ids": [["m"], [], …],
     "hook_parents": {"m": [], …}, "turn_index": [0, 1, …], "lineage": {…}}

A hook proves that something is there, not that something is wrong: a turn without one is not judged, and
has no label rather than 0.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from events.episode import EpisodeJudged, TraceVote
from store.export.conversation import is_whole, said, text_of
from store.export.harvest import Harvest, Row
from store.export.preferences import wrong_turn
from store.projections.traces import Traces
from store.records import HookRecord, TurnRecord, turns_of

StepState = Literal["right", "correctable", "fatal", "unknown"]
LABELS: Mapping[StepState, float | None] = {"right": 1.0, "correctable": 0.5, "fatal": 0.0, "unknown": None}
"""What each state is as a label."""
_Named = tuple[tuple[str, HookRecord], ...]


def stepwise(harvest: Harvest) -> Iterator[Row]:
    """Each whole trace of an episode, right or wrong."""
    traces = harvest.state.traces
    for judged, question, split in harvest.episodes():
        for vote in judged.votes:
            turns = turns_of(vote.trace, traces)
            if turns and is_whole(vote, traces):
                lineage = harvest.lineage(judged, question, split, vote)
                yield (
                    {"prompt": text_of(question)} | _steps(turns, vote, judged, traces) | {"lineage": lineage}
                )


def states(turns: tuple[TurnRecord, ...], vote: TraceVote, wrong: int | None) -> tuple[StepState, ...]:
    """What is known of each turn.

    Right: its hooks are grounded and steps of the program. Fatal: the first wrong step of a trace with
    a wrong answer. Correctable: a wrong step, or one whose hook does not hold, that was made good later.

    Args:
        turns: the turns of a trace.
        vote: what it contributed.
        wrong: the place of its first wrong turn, where one is known.
    """
    return tuple(_state(at, turns, vote, wrong) for at in range(len(turns)))


def _state(at: int, turns: tuple[TurnRecord, ...], vote: TraceVote, wrong: int | None) -> StepState:
    hooks = turns[at].hooks
    if not hooks:
        return "unknown"
    if at == wrong:
        return "correctable" if vote.accepted else "fatal"
    if all(map(_holds, hooks)):
        return "right"
    later = {hook.name for turn in turns[at + 1 :] for hook in turn.hooks if _holds(hook)}
    return "correctable" if all(_holds(one) or one.name in later for one in hooks) else "unknown"


def _holds(hook: HookRecord) -> bool:
    return hook.grounded and hook.checkpoint is not None


def _steps(turns: tuple[TurnRecord, ...], vote: TraceVote, judged: EpisodeJudged, traces: Traces) -> Row:
    found = states(turns, vote, wrong_turn(vote, judged, traces))
    named = _named(turns)
    return {
        "completions": [said(turn) for turn in turns],
        "labels": [LABELS[one] for one in found],
        "states": list(found),
        "hook_ids": [[key for key, _ in hooks] for hooks in named],
        "hook_parents": _parents(named),
        "turn_index": [turn.number for turn in turns],
    }


def _named(turns: tuple[TurnRecord, ...]) -> tuple[_Named, ...]:
    """The hooks of each turn with an id of their own: their name, and a number where it comes again."""
    counts: dict[str, int] = {}
    found: list[_Named] = []
    for turn in turns:
        keyed: list[tuple[str, HookRecord]] = []
        for hook in turn.hooks:
            counts[hook.name] = counts.get(hook.name, 0) + 1
            again = counts[hook.name]
            keyed.append((hook.name if again == 1 else f"{hook.name}#{again}", hook))
        found.append(tuple(keyed))
    return tuple(found)


def _parents(named: tuple[_Named, ...]) -> dict[str, list[str]]:
    """Of each hook the earlier ones that it was found to depend on."""
    latest: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for key, hook in (one for hooks in named for one in hooks):
        names = dict.fromkeys(edge.partition(":")[2] for edge in hook.edges)
        found[key] = [latest[name] for name in names if name in latest]
        latest[hook.name] = key
    return found
