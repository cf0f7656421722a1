"""Play is in real sessions: honest cells earn everything, own crashes nothing, a lost session no reward at all."""

from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import pytest
from anyio import to_thread

from actors.playground import Playground, opened_playground
from actors.ports import InfrastructureError
from actors.teaching.dialogue import SolveSettings
from actors.training.credit import Earned
from actors.training.playing import NO_TEXT, OVER, Environment, rewards
from actors.workers.guard import GuardedWorkers
from actors.workers.local import LocalBackend
from actors.workers.pool import running_pool
from events.struct import Event
from store.home import Home
from store.projections.state import State
from store.replay import rebuild
from tests.cli.conftest import Finished


def test_a_lost_episode_gets_the_mean_of_its_group_and_a_lost_group_nothing_to_compare() -> None:
    told: dict[str, float] = {}
    lost, right, wrong = Earned(None, False, 0, ""), Earned(0.9, True, 0.5, ""), Earned(0.1, False, 0.5, "")
    found = rewards(3, told.__setitem__, [right, lost, wrong, lost, lost, lost])
    assert found == [0.9, 0.5, 0.1, 0.0, 0.0, 0.0]
    assert told == {"right": 0.5, "progress": 0.5, "lost": 4.0}


def test_a_policy_has_one_tool_and_nothing_is_run_before_an_episode_begins() -> None:
    environment = Environment(lambda _: pytest.fail("nothing was asked"))
    tools = [name for name in dir(environment) if not name.startswith("_") and name != "reset"]
    assert tools == ["python"]
    assert environment.python("1 + 1") == OVER


@pytest.mark.parametrize("given", [5, None, ["1 + 1"], {"code": "1"}, "x = '\ud800'"])
def test_what_is_no_text_is_told_and_never_gets_to_a_session(given: Any) -> None:
    environment = Environment(lambda _: pytest.fail("nothing was asked"))
    assert environment.python(given) == NO_TEXT
    match = Told()
    environment = Environment(lambda _: match)
    environment.reset(question="q", prompt=[])
    assert environment.python(given) == NO_TEXT
    assert environment.python("1 + 1") == "1 + 1"
    assert match.ran == ["1 + 1"]


class Told:
    """A match that shows the code itself."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def turn(self, code: str) -> str:
        self.ran.append(code)
        return code

    def end(self) -> Earned:
        return Earned(0.0, False, 0.0, "gave_up")


@dataclass(frozen=True)
class Played:
    """What came back and was earned, played by its gold's cells, by one that ends its process, by one that is lost."""

    shown: Sequence[str]
    honest: Earned
    silent: Earned
    crashed: Earned
    lost: Earned


async def played(home: Home, state: State) -> Played:
    async def announce(_: Event) -> None:
        return None

    judged = next(iter(state.beyond_doubt().values()))
    gold = state.traces.attempts[judged.votes[0].trace]
    cells = [message.code for message in gold.said if message.code is not None]
    asked = state.questions.accepted[judged.question]
    async with running_pool(LocalBackend(), announce) as pool:
        workers = Losing(GuardedWorkers(pool, allow_process=True))
        settings = SolveSettings(max_turns=len(cells) + 1)
        async with opened_playground(home, state, frozenset({asked.id}), workers, settings) as ground:
            shown, honest = await to_thread.run_sync(_by_a_trainer, ground, asked.id, cells)
            silent = await (await ground.begun(asked)).judged()
            crashing = await ground.begun(asked)
            await crashing.played("import os\nos._exit(1)")
            crashed = await crashing.judged()
            workers.loses = True
            return Played(shown, honest, silent, crashed, await (await ground.begun(asked)).judged())


def _by_a_trainer(ground: Playground, question: str, cells: Sequence[str]) -> tuple[list[str], Earned]:
    """As TRL does: from its thread, by the one tool."""
    environment = Environment(ground.begin)
    environment.reset(question=question, prompt=[])
    shown = [environment.python(code) for code in [*cells, "1 + 1"]]
    earned = environment._earned()
    assert earned is not None
    assert environment._earned() is None
    return shown, earned


class Losing:
    """Workers that may be told to have no session."""

    def __init__(self, workers: GuardedWorkers) -> None:
        self.loses = False
        self._workers = workers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._workers, name)

    @asynccontextmanager
    async def session(self, *given: Any, **named: Any) -> Any:
        if self.loses:
            raise InfrastructureError("no worker could be had")
        async with self._workers.session(*given, **named) as session:
            yield session


@pytest.mark.full
def test_attempts_are_run_and_judged_as_every_other(finished: Finished) -> None:
    home = Home(finished.program.home)
    found = anyio.run(played, home, rebuild(home))
    assert (found.honest.reward, found.honest.why) == (1.0, "right")
    assert "answer received" in found.shown[-2]
    assert found.shown[-1] == found.shown[-2]  # nothing is run after the answer
    assert (found.silent.reward, found.silent.why) == (0.0, "gave_up")
    assert (found.crashed.reward, found.crashed.why) == (0.0, "execution_failed")
    assert (found.lost.reward, found.lost.why) == (None, "infrastructure_failed")
