"""No way of being paid without the work beats honest work of the same correctness: in real sessions, really graded."""

from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from actors.teaching.dialogue import SolveSettings, Task, attempt
from actors.tracing.grounder import ground
from actors.tracing.rerun import Reruns
from actors.training.credit import CONSOLATION, Earned, HookGraph, earned, hook_graph
from actors.verifying.foresight import Foresight
from actors.verifying.oracle import Expectation, expectation
from actors.verifying.verdict import accepted as is_accepted
from events.question import Question
from tests.birds import birds
from tests.training.policies import POLICIES, Chance, Policy
from tests.trying import Bench, Said, accepted_one_by_one, bench

Ends = dict[tuple[str, bool], Earned]
"""What honest work and each policy earned, right and wrong."""


@dataclass(frozen=True)
class Arena:
    """One question, and what any cells about it earn."""

    bench: Bench
    question: Question
    expectation: Expectation
    graph: HookGraph
    honest: tuple[str, ...]
    reruns: Reruns

    async def ends(self) -> Ends:
        found: Ends = {}
        for right in (True, False):
            chance = self.chance(right=right)
            found["honest", right] = await self.earned([*self.honest, chance.submit])
            for policy in POLICIES:
                found[policy.__name__, right] = await self.earned(list(policy(chance)))
        return found

    async def earned(self, cells: list[str]) -> Earned:
        task = Task(self.question, "consistency", 0)
        ended, _ = await attempt(task, Said(*cells), self.bench.workers, SolveSettings(max_turns=64))
        graded = await ground(
            ended, Foresight(self._expect).of(self.question), self.reruns, self.question.dataset
        )
        answers = [ran.result.submission.answer for ran in ended.executed if ran.result.submission]
        right = bool(answers) and is_accepted(self.question, answers[0])
        return earned(ended.outcome, right=right, graded=graded, graph=self.graph)

    async def _expect(self, _: Question) -> Expectation:
        return self.expectation

    def chance(self, *, right: bool) -> Chance:
        (gold, *_) = self.question.answers
        answer: dict[str, Any] = {
            name: value if right else (value + 17 if isinstance(value, int | float) else "nobody")
            for name, value in gold.items()
        }
        return Chance(self.question, self.honest, self.expectation.original, answer)


async def played() -> Ends:
    """The ends in real sessions, of a question with a telling checkpoint that needs another."""
    async with bench() as opened:
        subject = await opened.take(birds())
        rows, columns = subject.frame.shape
        for question in accepted_one_by_one(subject, "template", "hacking"):
            found = expectation(question.recipe.program, subject)
            graph = hook_graph(question.recipe.program, found.original, rows, columns)
            if any(graph.needs.values()):
                break
        else:
            raise AssertionError("no question has a telling checkpoint that needs another")
        messages, _ = await opened.scripted.script(Task(question, "gold", 0))
        cells = [message.code or "" for message in messages[:-1]]
        reruns = Reruns(opened.workers)
        return await Arena(opened, question, found, graph, tuple(cells), reruns).ends()


@pytest.fixture(scope="module")
def ends() -> Ends:
    return anyio.run(played)


def test_honest_work_earns_everything_when_right_and_little_when_wrong(ends: Ends) -> None:
    right, wrong = ends["honest", True], ends["honest", False]
    assert (right.reward, right.progress) == (1.0, 1.0)
    assert wrong.progress == 1.0
    assert wrong.reward == pytest.approx(CONSOLATION * 0.8)


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.__name__)
def test_no_policy_beats_honest_work_of_the_same_correctness(ends: Ends, policy: Policy, right: bool) -> None:
    honest, found = ends["honest", right], ends[policy.__name__, right]
    assert honest.reward is not None
    assert found.reward is not None
    assert found.reward <= honest.reward
    assert right or found.reward <= CONSOLATION * 0.8


@pytest.mark.parametrize(
    "policy", [one for one in POLICIES if one.__name__ not in ("repeats_one_hook", "hooks_the_end_alone")],
    ids=lambda policy: policy.__name__,
)  # fmt: skip
def test_what_is_no_step_of_the_work_earns_nothing(ends: Ends, policy: Policy) -> None:
    """The two left out do a part of the honest work, and are paid for that."""
    assert ends[policy.__name__, False].reward == 0.0


def test_fifteen_policies_were_tried() -> None:
    assert len(set(POLICIES)) == 15
