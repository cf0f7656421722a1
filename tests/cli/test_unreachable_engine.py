"""An engine that cannot serve is told by the program with what to do, as the machine's failure, and nothing is left."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio import to_thread

from actors.workers.containers import LABEL_SOURCES
from actors.workers.engine import JOIN
from tests.cli import tables
from tests.cli.program import Ended, Program
from tests.workers.engines import fake_engine

OTHER = {LABEL_SOURCES: "0" * 64}


@pytest.fixture
def shut(open_folder: Path) -> Iterator[Path]:
    """A socket of an engine that nobody but root may open."""
    path = open_folder / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        path.chmod(0)
        yield path


def of_docker(program: Program, data: Path) -> Ended:
    return program.run("run", data / "birds.csv", "--workers", "docker", "--questions", 1, code=3)


def test_an_ordinary_user_who_may_not_open_the_socket_is_told_which_and_what_to_do(
    anybody: Program, shut: Path
) -> None:
    denied = anybody.with_env(DOCKER_HOST=f"unix://{shut}")
    table = shut.with_name("table.csv")
    table.write_bytes(tables.birds())
    ended = denied.run("run", table, "--workers", "docker", "--questions", 1, code=3)
    assert f"{shut} ssl:default [Permission denied]]; {JOIN}; or use --workers local" in ended.said
    assert anybody.json("status")["questions"]["template"] == 0
    shown = denied.json("doctor")
    assert (shown["workers"], shown["engine"]["remedy"]) == ("local", JOIN)


@pytest.mark.full
@pytest.mark.parametrize(
    ("api", "told"),
    [
        ("1.39", "speaks API 1.39, and 1.40 or newer is needed; update it; or use --workers local"),
        ("1.41", "was built from other sources than these; build it with actors/workers/image/build.sh"),
    ],
    ids=["an old engine", "another image"],
)
async def test_an_engine_or_an_image_of_another_version_is_refused_in_words(
    program: Program, data: Path, tmp_path: Path, api: str, told: str
) -> None:
    async with fake_engine(tmp_path / "e.sock", api=api, labels=OTHER) as address:
        ended = await to_thread.run_sync(of_docker, program.with_env(DOCKER_HOST=address), data)
    assert told in ended.said


@pytest.mark.full
@pytest.mark.parametrize("address", ["npipe:////./pipe/docker_engine", "unix:///"])
def test_an_address_of_no_engine_is_refused_in_words(program: Program, data: Path, address: str) -> None:
    ended = of_docker(program.with_env(DOCKER_HOST=address), data)
    assert f"no Docker Engine is to be found: DOCKER_HOST is '{address}'" in ended.said
    assert "or use --workers local" in ended.said
