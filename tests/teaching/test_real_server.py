"""A real server, `transformers serve`, with a tiny model made on the spot, answers through the whole path."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.home import Home
from store.replay import rebuild
from tests.teaching.playing import generated, solved

ROOT = Path(__file__).parents[2]
SERVE = Path(sys.executable).parent / "transformers"
READY = "Uvicorn running"
TEXTS = ["What is the mean mass of the birds?", "```python\nprint(df.shape)\n```", "submit({'value': 1})"] * 8


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that has learned nothing."""
    pytest.importorskip("fastapi", reason="transformers[serving] is not installed")
    scratch = pytest.importorskip("actors.training.scratch", reason="the extra train is not installed")
    folder = tmp_path / "model"
    scratch.make_model("tiny", TEXTS, folder, longest=8192, seed=0)
    return folder


@pytest.fixture
def base_url(model: Path) -> Iterator[str]:
    """Where it is served; the server says itself that it is ready."""
    port = free_port()
    command = [SERVE, "serve", model, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    env = {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "HOME": str(model.parent),
        "PATH": str(SERVE.parent),
    }
    with subprocess.Popen(
        list(map(str, command)), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any(READY in line for line in process.stdout)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


@pytest.mark.full
@pytest.mark.train
async def test_episodes_of_a_model_that_learned_nothing_are_refused_each_for_the_right_reason(
    base_url: str, model: Path, tmp_path: Path
) -> None:
    home = await generated(tmp_path / "home", ROOT / "examples" / "penguins_raw.csv")
    few: dict[str, Any] = {
        "traces": 3,
        "reply_tokens": 24,
        "max_turns": 2,
        "max_corrections": 0,
        "attempts": 2,
    }
    await solved(home, base_url, model=str(model), price_prompt=0.0, price_completion=0.0, **few)
    state = rebuild(Home(home.root))
    episodes = list(state.episodes.judged.values())
    assert len(episodes) == len(state.questions.accepted) == 2
    assert {one.evidence for one in episodes} == {"model"}
    attempts = list(state.traces.attempts.values())
    assert [one.role for one in attempts] == ["gold", "gold"]  # that they gave up settles the verdict
    assert {(one.outcome, one.stop) for one in attempts} == {("gave_up", "correction_limit")}
    assert {one.said[0].flaw for one in attempts} <= {"no_code", "cut_off", "empty"}
    assert {one.verdict for one in episodes} == {"too_hard"}, [one.why for one in episodes]
    assert all(record.broken is None for record in state.traces.records.values())
    assert state.calls.total.answered == state.calls.total.sent == len(attempts)
    assert state.calls.total.completion_tokens > 0
    assert not state.integrity.parked
