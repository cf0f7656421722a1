"""Where each trace of a question leaves those that it does not agree with, from their code run again."""

from collections.abc import Sequence, Set

from actors.ports import Workers
from actors.tracing.recorder import codes
from actors.tracing.stepwise import Step
from actors.tracing.trail import trail_of
from actors.tracing.triangulation import departure
from actors.tracing.walking import walked
from events.answers import AnswerContract
from events.episode import Departure
from events.trace import AttemptEnded


async def departures(
    attempts: Sequence[AttemptEnded],
    agreeing: Set[str],
    contract: AnswerContract,
    workers: Workers,
    dataset: str,
) -> tuple[Departure, ...]:
    """Of each trace that is not among those that agree, where it left them; the same code is run once.

    Args:
        attempts: The gold trace first, then the consistency traces by index; none of them broken.
        agreeing: Ids of the traces that the others are held against.
        contract: When fields of two answers are the same.
        workers: Where the code is run again.
        dataset: Id of the table, which the workers know.

    Raises:
        WallTooWeak: the code of whoever solved needs a stronger wall.
        InfrastructureError: a session was lost for reasons outside its code.
    """
    if all(one.trace in agreeing for one in attempts) or not agreeing:
        return ()
    known: dict[tuple[str, ...], tuple[Step, ...]] = {}
    trails = {}
    for one in attempts:
        code = tuple(code for _, code in sorted(codes(one).items()))
        if code not in known:
            known[code] = await walked(one, workers, dataset)
        trails[one.trace] = trail_of(one, known[code])
    # Of the gold and a trace without the hint that share as much, the latter is the nearer: it saw as little.
    others = [one.trace for one in reversed(attempts) if one.trace in agreeing]
    found = (departure(one, trails, others, contract) for one in attempts if one.trace not in agreeing)
    return tuple(one for one in found if one is not None)
