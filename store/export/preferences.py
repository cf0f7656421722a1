"""Pairs of turns of which one is better: cut where a wrong trace leaves a right one for the first time.

    dpo     {"prompt": […], "chosen": [one message], "rejected": [one], "tools": [TOOL], "lineage": {…}}
    reward  the same, with "margin"

The two traces have said, run and been shown the same until there, so that either turn could follow. A pair is
made only where it is known that the rejected turn is the wrong step: it carries the labelled mistake, or the
verdict found that the trace departs there. Of traces that had parted before in words alone, none is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from events.episode import EpisodeJudged, TraceVote
from events.question import Question
from store.export.conversation import TOOL, acted, asked, came_back, is_whole, serving
from store.export.harvest import Harvest, Row
from store.projections.traces import Traces
from store.records import TurnRecord, turns_of


@dataclass(frozen=True)
class Pair:
    """A right and a wrong trace that part at one turn."""

    chosen: TraceVote
    """The right one."""
    rejected: TraceVote
    """The wrong one."""
    turn: int
    """The place of the turn at which they part."""


def dpo(harvest: Harvest) -> Iterator[Row]:
    """Each pair of turns."""
    for question, pair, lineage in _pairs(harvest):
        yield _row(question, pair, harvest.state.traces) | {"lineage": lineage}


def reward(harvest: Harvest) -> Iterator[Row]:
    """Each pair of turns, and by how much one is better."""
    traces = harvest.state.traces
    for question, pair, lineage in _pairs(harvest):
        yield _row(question, pair, traces) | {"margin": margin(pair, traces), "lineage": lineage}


def pairs(judged: EpisodeJudged, traces: Traces) -> Iterator[Pair]:
    """A pair for each wrong trace that parts from a right one at a turn that is known to be wrong."""
    right = sorted(serving(judged, traces), key=lambda vote: vote.role == "gold")
    for vote in judged.votes:
        turn = wrong_turn(vote, judged, traces)
        if turn is not None and not vote.accepted and is_whole(vote, traces):
            chosen = next((one for one in right if _part_at(turn, one, vote, traces)), None)
            if chosen is not None:
                yield Pair(chosen, vote, turn)


def wrong_turn(vote: TraceVote, judged: EpisodeJudged, traces: Traces) -> int | None:
    """The place of the first turn that is known to be a wrong step; None where none is."""
    attempt = traces.attempts.get(vote.trace)
    if attempt is None:
        return None
    if attempt.mistake is not None:
        cell: int | None = attempt.mistake.cell
    else:
        found = (one.found for one in judged.departures if one.trace == vote.trace)
        cell = next((place.cell for place in found if place is not None), None)
    places = (at for at, message in enumerate(attempt.said) if message.cell == cell)
    return None if cell is None else next(places, None)


def margin(pair: Pair, traces: Traces) -> float:
    """By how much a right trace is better: the share of its checkpoints and answer that the wrong one lacks.

    It is above 0, since the wrong one lacks the answer, and at most 1.
    """
    right, wrong = (checkpoints(vote.trace, traces) for vote in (pair.chosen, pair.rejected))
    return (len(right - wrong) + 1) / (len(right) + 1)


def checkpoints(trace: str, traces: Traces) -> frozenset[str]:
    """The steps of the program that a trace is known to have taken."""
    graded = traces.grades.get(trace)
    grades = graded.grades if graded is not None else ()
    return frozenset(one.checkpoint for one in grades if one.grounded and one.checkpoint is not None)


def _pairs(harvest: Harvest) -> Iterator[tuple[Question, Pair, Row]]:
    for judged, question, split in harvest.episodes():
        for pair in pairs(judged, harvest.state.traces):
            yield question, pair, harvest.lineage(judged, question, split, pair.rejected)


def _part_at(turn: int, right: TraceVote, wrong: TraceVote, traces: Traces) -> bool:
    """Whether two traces are the same until a turn, and run something else there."""
    one, other = turns_of(right.trace, traces), turns_of(wrong.trace, traces)
    if len(one) <= turn or any(_seen(a) != _seen(b) for a, b in zip(one[:turn], other[:turn], strict=True)):
        return False
    return one[turn].code is not None and one[turn].code != other[turn].code


def _seen(turn: TurnRecord) -> tuple[str | None, str | None]:
    """What was run and shown; how it was worded changes nothing."""
    return turn.code, turn.view


def _row(question: Question, pair: Pair, traces: Traces) -> Row:
    right, wrong = (turns_of(vote.trace, traces) for vote in (pair.chosen, pair.rejected))
    prompt = asked(question)
    for turn in wrong[: pair.turn]:
        prompt += [acted(turn), came_back(turn)]
    return {
        "prompt": prompt,
        "chosen": [acted(right[pair.turn])],
        "rejected": [acted(wrong[pair.turn])],
        "tools": [TOOL],
    }
