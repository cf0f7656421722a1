"""`inspect eval` puts a home's questions in the real environment, and is told what `evaluate` tells."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import msgspec
import pytest

from actors.job import Job
from actors.system import perform
from store.home import Home
from tests.teaching.playing import Player, Silent, generated
from tests.teaching.servers import MODEL, Body, Brain, ModelServer, refusal, serving

ROOT = Path(__file__).parents[2]
TASK = "actors/inspecting/questions.py"
PLAIN = "--display", "plain", "--log-format", "json"
LOCAL = "-T", "workers=local", "-T", "allow_process_level=true"
pytestmark = pytest.mark.full


async def inspected(
    home: Path, logs: Path, *options: str, server: ModelServer | None = None
) -> tuple[int, str, Mapping[str, Any]]:
    """The exit code, what was said, and the log of a task that a model behind a server was put to."""
    given = (*options, "-T", f"home={home}", "--log-dir", str(logs), *PLAIN)
    address = {
        "TEST_BASE_URL": server.base_url if server else "http://127.0.0.1:9/v1",
        "TEST_API_KEY": "none",
    }
    ended = await anyio.run_process(
        [
            Path(sys.executable).with_name("inspect"),
            "eval",
            TASK,
            "--model",
            f"openai-api/test/{MODEL}",
            *given,
        ],
        check=False,
        cwd=ROOT,
        env={**os.environ, **address, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(logs.parent)},
    )
    said = (ended.stdout + ended.stderr).decode()
    return (
        ended.returncode,
        said,
        next((msgspec.json.decode(one) for one in files(logs, "*.json").values()), {}),
    )


def files(folder: Path, form: str = "*") -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob(form) if path.is_file()}


async def solved_home(root: Path) -> Path:
    home = await generated(root, ROOT / "examples" / "penguins_raw.csv")
    await perform(Job("solve", frozenset({"solve"}), home, workers="local"), Silent())
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two questions of verified episodes; nothing here writes there."""
    return anyio.run(solved_home, tmp_path_factory.mktemp("solved") / "home")


def with_tool(player: Player) -> Brain:
    """Says the same as a player, its code in a native call."""

    def say(body: Body) -> Mapping[str, Any]:
        assert [one["function"]["name"] for one in body["tools"]] == ["run_python"]
        turn = player.due(body)
        called = {"name": "run_python", "arguments": msgspec.json.encode({"code": turn.code}).decode()}
        calls = [{"id": "c1", "type": "function", "function": called}]
        return {"content": turn.text, "tool_calls": calls, "finish": "tool_calls"}

    return say


def wrong(_: Body) -> Mapping[str, Any]:
    return {"content": "So:\n```python\nrows = len(df)\nsubmit({'value': rows})\n```"}


async def test_a_model_is_measured_by_inspect_as_by_evaluate(home: Path, tmp_path: Path) -> None:
    kept = files(home)
    player = await Player.of(Home(home))
    said: dict[str, Mapping[str, Any]] = {}
    for told, brain, options in (
        ("text", player, ()),
        ("tools", with_tool(player), ("-T", "protocol=tools")),
        ("wrong", wrong, ()),
    ):
        async with serving(ModelServer(brain)) as server:
            code, words, said[told] = await inspected(
                home, tmp_path / told, *LOCAL, "-T", "split=all", *options, server=server
            )
        assert code == 0, words
        assert said[told]["status"] == "success", words
        assert server.asked >= 2
    for told in ("text", "tools"):
        metrics = said[told]["results"]["scores"][0]["metrics"]
        assert metrics["accuracy"]["value"] == 1.0
        assert metrics["source template"]["value"] == metrics["source procedural"]["value"] == 1.0
        scores = [one["scores"]["contract"] for one in said[told]["samples"]]
        assert [one["value"] for one in scores] == ["C", "C"]
        assert all(one["metadata"]["hooks"] == one["metadata"]["grounded"] > 0 for one in scores)
    scores = [one["scores"]["contract"] for one in said["wrong"]["samples"]]
    assert [one["value"] for one in scores] == ["I", "I"]
    assert all("it has no `" in one["explanation"] for one in scores)
    assert [one["messages"][-1]["role"] for one in said["wrong"]["samples"]] == ["assistant", "assistant"]
    assert files(home) == kept


async def test_what_a_server_refuses_is_no_wrong_answer(home: Path, tmp_path: Path) -> None:

    async def refused(*_: Any) -> Any:
        return refusal(400, "there is no such field")

    async with serving(ModelServer(wrong, faults=lambda _: refused)) as server:
        _, words, log = await inspected(
            home, tmp_path / "logs", *LOCAL, "-T", "split=all", "--no-fail-on-error", server=server
        )
    assert [bool(one["error"]) for one in log["samples"]] == [True, True], words
    assert "there is no such field" in log["samples"][0]["error"]["message"]
    assert not any(one.get("scores") for one in log["samples"])
    assert log.get("results") is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-T", "split=sideways"), "split is none of held-out, all, train"),
        (("-T", "source=hearsay"), "source is none of template, procedural, llm"),
        ((), "the home has no verified episode"),
    ],
)
async def test_what_cannot_be_asked_is_told_before_anybody_is_asked(
    options: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    code, words, log = await inspected(tmp_path / "none", tmp_path / "logs", *options)
    assert code == 2
    assert told in " ".join(words.split())
    assert "Traceback" not in words
    assert not log
    assert not (tmp_path / "none").exists()
