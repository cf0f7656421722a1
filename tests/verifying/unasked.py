"""A verifier's ports where nothing is known beside the traces: no second opinion, nothing run again."""

from collections.abc import Mapping, Sequence

from actors.verifying.evidence import Evidence
from actors.verifying.opinion import Opinion
from events.answers import Answer
from events.episode import Departure, EpisodeJudged
from events.question import Question


async def unasked(_: Question, given: Mapping[str, Answer]) -> Opinion:
    """Nobody was asked."""
    assert all(given.values())
    return Opinion()


async def unexplained(
    _: Question, judged: EpisodeJudged, evidence: Sequence[Evidence]
) -> Sequence[Departure]:
    """Nothing was run again."""
    assert len(judged.votes) == len(evidence)
    return ()
