"""When the verdict on a question is certain, so that no further attempt of somebody who is paid is asked for.

Certain means: however the traces that were not asked would end, the verdict, its category included, is the
one that those asked give. So a verdict does not depend on how many attempts were made at once, nor on whether
any were spared.
"""

from collections.abc import Sequence

from actors.verifying.verdict import accepted
from events.episode import enough
from events.question import Question
from events.trace import Outcome, TraceRecorded

_WITHOUT_SOLUTION: tuple[Outcome, ...] = ("gave_up", "execution_failed")


def settled(question: Question, records: Sequence[TraceRecorded], traces: int) -> bool:
    """Whether no further trace of a model can change the verdict.

    Three things settle it: a gold trace that is broken or gave no answer; the gold's answer, given by as many
    traces as a model needs of all; half of all traces that gave up, or hit limits. What other answers mean
    (`ambiguous`, `hint_necessary`) is told by all traces.

    Args:
        question: the question as it was accepted.
        records: the gold trace first, then the consistency traces by index, as far as they are recorded.
        traces: how many consistency traces there are at most.
    """
    if not records:
        return False
    gold, others = records[0], records[1:]
    if gold.broken is not None or gold.outcome in _WITHOUT_SOLUTION:
        return True
    lost = sum(one.outcome == "infrastructure_failed" for one in others)
    voters, unknown = traces - lost, traces - len(others)
    if unknown == 0:
        return True
    if _is_right(question, gold):
        right = sum(_is_right(question, one) for one in others)
        if enough(right, voters, "model"):
            return True
    return _hopeless(others, voters, unknown)


def _hopeless(others: Sequence[TraceRecorded], voters: int, unknown: int) -> bool:
    """Whether half of all voters at least hit limits, or gave up while limits cannot come to half of them."""
    failed = sum(one.outcome == "execution_failed" for one in others)
    given_up = sum(one.outcome == "gave_up" for one in others)
    return 2 * failed >= voters or (2 * given_up >= voters and 2 * (failed + unknown) < voters)


def _is_right(question: Question, one: TraceRecorded) -> bool:
    return one.broken is None and one.answer is not None and accepted(question, one.answer)
