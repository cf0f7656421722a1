"""When two runs of the same code gave the same: to the bit in one numeric environment, else by contract."""

import math
import re
from dataclasses import dataclass

from actors.tracing.rerun import same_hook
from events.answers import AnswerContract, agree
from events.trace import HookRaised, Submission
from events.values import close, value_of

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
PRINTED = 1e-6
"""Share by which printed numbers may differ where the environments do: texts hold few of their digits."""


@dataclass(frozen=True)
class Sameness:
    """How strictly two runs are compared.

    Args:
        contract: decides when two answers are the same, across environments.
        exact: whether both ran in one numeric environment, so that every bit must be equal.
    """

    contract: AnswerContract
    exact: bool

    def of_hooks(self, left: HookRaised, right: HookRaised) -> bool:
        """Whether two hooks say the same of the same value."""
        return same_hook(left, right, exact=self.exact)

    def of_answers(self, left: Submission | None, right: Submission | None) -> bool:
        """Whether the same was submitted, if anything was."""
        if left is None or right is None:
            return left is right
        if left.digest == right.digest:
            return True
        return not self.exact and (
            agree(self.contract, left.answer, right.answer)
            or close(value_of(left.answer), value_of(right.answer))
        )

    def of_texts(self, left: str, right: str) -> bool:
        """Whether the same was printed; where an object lies in memory says nothing."""
        left, right = _ADDRESS.sub("0x", left), _ADDRESS.sub("0x", right)
        return left == right or (not self.exact and _alike(left, right))


def _alike(left: str, right: str) -> bool:
    """The same words, and numbers that are close."""
    if _NUMBER.split(left) != _NUMBER.split(right):
        return False
    pairs = zip(_NUMBER.findall(left), _NUMBER.findall(right), strict=True)
    return all(math.isclose(float(one), float(other), rel_tol=PRINTED) for one, other in pairs)
