"""The question's program as the grounder's oracle, worked out once a question."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from actors.runtime.once import Once
from actors.verifying.oracle import Expectation
from events.question import Question
from events.trace import Perturbation
from events.values import Value

KEPT_QUESTIONS = 64
Expect = Callable[[Question], Awaitable[Expectation]]


class Foresight:
    """Expectations of questions, each worked out once while its traces are graded side by side.

    Args:
        expect: works one out, in a process of its own.
    """

    def __init__(self, expect: Expect) -> None:
        self._expect = expect
        self._known = Once[str, Expectation](KEPT_QUESTIONS)

    def of(self, question: Question) -> "QuestionOracle":
        """The oracle of one question; nothing is worked out before it is asked."""
        return QuestionOracle(self, question)

    async def expectation(self, question: Question) -> Expectation:
        """What a sound solution's hooks must equal."""
        return await self._known.of(question.id, lambda: self._expect(question))


class QuestionOracle:
    """What one question's program holds."""

    def __init__(self, foresight: Foresight, question: Question) -> None:
        self._foresight = foresight
        self._question = question

    async def original(self) -> Mapping[str, Value]:
        """The program's checkpoints on the original table."""
        return (await self._foresight.expectation(self._question)).original

    async def perturbed(self) -> Sequence[tuple[Perturbation, Mapping[str, Value]]]:
        """The kept perturbed tables, and the checkpoints on them."""
        return (await self._foresight.expectation(self._question)).perturbed
