"""A model behind a real HTTP server solves questions of a home, from the request to the verdict."""

import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from actors.gating.recount import majority_fault
from actors.teaching import breaker, line
from actors.teaching.orders import UnfitServerError
from events.identity import identify
from store.home import Home
from store.projections.state import State
from store.replay import rebuild
from tests.teaching.faults import Storm, crowded
from tests.teaching.playing import Player, Silent, generated, solved
from tests.teaching.servers import MODEL, PRICES, Fault, ModelServer, digest, serving

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
EPISODES = int(os.environ.get("TRACEGATE_EPISODES", "60"))
"""How many are solved in the storm of the long suite; the promise is 300."""
Asked = Callable[[], Awaitable[Home]]
"""Makes a home that holds questions and no answers."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Where the questions lie that the first test of these makes for all."""
    return [tmp_path_factory.mktemp("questions") / "home"]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a server, as nothing here is in want of rest."""
    monkeypatch.setattr(line, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(breaker, "FIRST_PAUSE", 0.05)


@pytest.fixture
def asked(made: list[Path], tmp_path: Path) -> Asked:
    async def home() -> Home:
        (origin,) = made
        if not origin.exists():
            await generated(origin, EXAMPLES / "penguins_raw.csv")
        shutil.copytree(origin, tmp_path / "home")
        return Home(tmp_path / "home")

    return home


def all_ended_well(state: State, episodes: int) -> None:
    """Every trace was answered, whatever the server did; and what is verified is so when counted again."""
    assert len(state.episodes.judged) == len(state.questions.accepted) == episodes
    assert {one.outcome for one in state.traces.records.values()} == {"answered"}
    assert not any(majority_fault(state, one) for one in state.verified().values())
    assert {one.evidence for one in state.episodes.judged.values()} == {"model"}


async def until_all_is_judged(home: Home, server: ModelServer, commands: int = 4, **settings: Any) -> State:
    """Solve, and go on with what was parked."""
    for _ in range(commands):
        await solved(home, server.base_url, **settings)
        state = rebuild(home)
        if len(state.episodes.judged) == len(state.questions.accepted):
            break
    return state


async def test_a_model_that_plays_the_solutions_is_verified_and_paid_for(asked: Asked) -> None:
    home = await asked()
    async with serving(ModelServer(await Player.of(home))) as server:
        await solved(home, server.base_url)
    state = rebuild(home)
    all_ended_well(state, 2)
    assert len(state.verified()) == 2
    assert {(len(one.votes), one.unasked) for one in state.verified().values()} == {(5, 1)}
    assert len(state.traces.attempts) == 2 * 5
    assert state.calls.total.cost == server.cost
    assert state.calls.total.uncertain == 0
    assert sorted(state.calls.models) == ["procedural", "template"]
    assert {model for models in state.calls.models.values() for model in models} == {MODEL}
    assert max(server.answered.values()) == 1


@pytest.mark.usefixtures("hurried")
async def test_in_a_storm_each_episode_ends_as_it_would_have_and_no_cap_is_passed(asked: Asked) -> None:
    home = await asked()
    async with serving(ModelServer(await Player.of(home), Storm(3, 0.3))) as server:
        state = await until_all_is_judged(home, server, traces=3, cap_run=0.5, cap_day=1.0)
    all_ended_well(state, 2)
    assert len(state.verified()) == 2
    assert server.cost <= state.calls.total.cost <= 10**12
    assert state.calls.total.sent == server.asked


async def test_a_cap_ends_a_run_without_a_verdict_and_a_larger_one_goes_on(asked: Asked) -> None:
    home = await asked()
    async with serving(ModelServer(await Player.of(home))) as server:
        await solved(home, server.base_url, traces=3, cap_day=0.06)
        halted = rebuild(home)
        before = sum(server.answered.values())
        await solved(home, server.base_url, traces=3)
    assert 0 < halted.calls.total.cost <= 0.06 * 10**12
    assert halted.integrity.parked
    assert halted.integrity.infrastructure == 0
    assert "too_hard" not in {one.verdict for one in halted.episodes.judged.values()}
    state = rebuild(home)
    all_ended_well(state, 2)
    assert 0 < before < sum(server.answered.values())
    assert max(server.answered.values()) == 1


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (ModelServer(dict, key="another"), "refuses the key"),
        (ModelServer(dict, models=("other",)), "knows no model"),
    ],
)
async def test_a_server_that_cannot_serve_is_told_before_anything_is_done(
    tmp_path: Path, server: ModelServer, told: str
) -> None:
    async with serving(server):
        with pytest.raises(UnfitServerError, match=told):
            await solved(Home(tmp_path / "home"), server.base_url)
    assert not (tmp_path / "home").exists()


@pytest.mark.full
async def test_what_was_answered_and_recorded_before_a_kill_is_never_paid_again(asked: Asked) -> None:
    home = await asked()
    enough = anyio.Event()

    def storm(number: int) -> Fault | None:
        if number > 30 and len(server.bodies[-1]["messages"]) > 2:  # an attempt that has a reply on record
            enough.set()
        return crowded if number % 2 else None

    async with serving(ModelServer(await Player.of(home), storm)) as server:
        settings = {"base_url": server.base_url, "model": MODEL, "traces": 3, **PRICES}
        home.teacher.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
        command = [
            sys.executable,
            str(ROOT / "cli.py"),
            "solve",
            "--teacher",
            "openai",
            "--home",
            str(home.root),
        ]
        options = ["--workers", "local", "--allow-process-level", "--quiet"]
        process = await anyio.open_process([*command, *options], env={**os.environ, "PYTHONPATH": str(ROOT)})
        with anyio.fail_after(200):
            await enough.wait()
            process.send_signal(signal.SIGKILL)
            await process.wait()
        kept = rebuild(home).calls.replies
        recorded = {
            digest(body)
            for body in server.bodies
            for trace, replies in kept.items()
            if identify("request", trace, body) in replies
        }
        server.faults = lambda _: None
        await solved(home, server.base_url, Silent(), traces=3)
    assert recorded
    assert {server.answered[one] for one in recorded} == {1}
    state = rebuild(home)
    all_ended_well(state, 2)
    assert state.calls.total.cost >= server.cost


@pytest.mark.full
async def test_many_episodes_in_a_storm_all_end(tmp_path: Path) -> None:
    home = await generated(tmp_path / "home", EXAMPLES, questions=EPISODES // 12)
    async with serving(ModelServer(await Player.of(home), Storm(11, 0.3, stalls=True))) as server:
        state = await until_all_is_judged(
            home, server, commands=8, traces=3, deadline_seconds=5.0, attempts=32, cap_run=100.0
        )
    assert len(state.episodes.judged) == len(state.questions.accepted) >= 0.95 * EPISODES
    all_ended_well(state, len(state.episodes.judged))
    assert server.cost <= state.calls.total.cost <= 100 * 10**12
