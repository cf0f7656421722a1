"""A daemon whose questions a model solves: what is written down of it, its cap, and a life after a death."""

import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process
from watchfiles import awatch

from actors.daemon.orders import OrderBook, OrdersError
from events.runtime import WorkParked
from store.home import Home
from store.log.read import read_events
from store.projections.state import State
from store.replay import rebuild
from tests.teaching.playing import Player, generated
from tests.teaching.rewording import Rewording
from tests.teaching.servers import MODEL, PRICES, ModelServer, serving

ROOT = Path(__file__).resolve().parents[2]
CAP = 0.06
NAMED = {"base_url": "http://127.0.0.1:1/v1", "model": MODEL}


def book(folder: Path, said: Mapping[str, object], teacher: str = "openai") -> OrderBook:
    written(folder / "teacher.toml", **said)
    return OrderBook({"teacher": teacher}, folder / "daemon.toml")


def written(file: Path, **said: object) -> None:
    lines = (
        f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for name, value in said.items()
    )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_model_is_named_by_the_file_beside_the_settings(tmp_path: Path) -> None:
    found = book(tmp_path, {**NAMED, **PRICES, "cap_day": 1.5})
    model = found.model(found.read())
    assert model is not None
    assert (model.model, model.cap_day) == (MODEL, 1.5)
    assert "api_key" not in found.read().to_dict()


def test_no_model_is_read_where_a_script_solves(tmp_path: Path) -> None:
    found = book(tmp_path, {"nonsense": 1}, "scripted")
    assert found.model(found.read()) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "no server is named"),
        ({**NAMED, "caps": 1}, "unknown field `caps`"),
        ({**NAMED, **PRICES, "cap_day": -1.0}, "cap_day"),
        ({**NAMED, **PRICES, "cap_run": 1.0}, "use cap_day"),
    ],
)
def test_what_cannot_be_followed_is_told_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, object], told: str
) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    found = book(tmp_path, said)
    with pytest.raises(OrdersError, match=told):
        found.model(found.read())


@asynccontextmanager
async def daemon(home: Home) -> AsyncIterator[Process]:
    """A daemon on a home, killed where it is still there."""
    command = [sys.executable, str(ROOT / "cli.py"), "daemon", "--home", str(home.root)]
    async with await anyio.open_process(command, cwd=ROOT, stdout=None, stderr=None) as process:
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()


async def until(home: Home, process: Process, due: Callable[[], bool]) -> None:
    """Wait for what the log of a running daemon comes to."""
    async for _ in awatch(home.log, step=20, debounce=100, rust_timeout=200, yield_on_timeout=True):
        assert process.returncode is None
        if due():
            return


def is_parked(home: Home) -> Callable[[], bool]:
    return lambda: any("the cap of" in one.event.error for one in read_events(home, types=(WorkParked,)))  # type: ignore[union-attr]


def verified(home: Home) -> int:
    return len(rebuild(home).verified())


@pytest.mark.full
async def test_a_daemon_waits_at_its_cap_and_after_a_death_goes_on_paying_for_nothing_twice(
    tmp_path: Path,
) -> None:
    home = await generated(tmp_path / "home", ROOT / "examples" / "penguins_raw.csv")
    written(home.settings, teacher="openai", target=1, workers="local", allow_process_level=True,
            retry_seconds=1.0)  # fmt: skip
    async with serving(ModelServer(await Player.of(home))) as server:
        said = {"base_url": server.base_url, "model": MODEL, "traces": 3, **PRICES}
        written(home.teacher, **said, cap_day=CAP)
        with anyio.fail_after(240):
            async with daemon(home) as process:
                await until(home, process, is_parked(home))
                process.send_signal(signal.SIGKILL)
                await process.wait()
            halted = rebuild(home)
            assert 0 < halted.calls.total.cost <= CAP * 10**12
            written(home.teacher, **said, cap_day=10.0)
            async with daemon(home) as process:
                await until(home, process, lambda: verified(home) == 2)
                process.terminate()
                assert await process.wait() == 0
    _paid_once(rebuild(home), server)


@pytest.mark.full
async def test_a_daemon_whose_settings_ask_for_it_has_questions_reworded(tmp_path: Path) -> None:
    """What is in other words counts to no target: each source keeps one verified episode in its own words."""
    home = await generated(tmp_path / "home", ROOT / "examples" / "penguins_raw.csv")
    written(home.settings, teacher="openai", target=1, workers="local", allow_process_level=True)
    async with serving(ModelServer(Rewording(await Player.of(home)))) as server:
        written(home.teacher, base_url=server.base_url, model=MODEL, traces=3, verbalise=True, **PRICES)
        with anyio.fail_after(240):
            async with daemon(home) as process:
                await until(home, process, lambda: verified(home) == 4)
                process.terminate()
                assert await process.wait() == 0
    state = rebuild(home)
    accepted = state.questions.accepted.values()
    assert sorted((one.source, one.recipe.own_words) for one in accepted) == [
        ("procedural", False), ("procedural", True), ("template", False), ("template", True),
    ]  # fmt: skip
    _paid_once(state, server)


def _paid_once(state: State, server: ModelServer) -> None:
    assert {one.evidence for one in state.verified().values()} == {"model"}
    assert max(server.answered.values()) == 1
    assert state.calls.total.cost == server.cost
    assert not state.integrity.parked
