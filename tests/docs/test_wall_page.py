"""The page on the wall shows the one list of what each level holds a session to, and so does `doctor`."""

import io
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from rich.console import Console

from actors.terminal.doctor import doctor_view, examined
from actors.workers.containers import Owner, container_config
from actors.workers.engine import EngineFact
from actors.workers.guarantees import BOUNDS, LIMITS, Guarantee
from actors.workers.probe import Machine, walls
from actors.workers.sandbox.visible import SYSTEM, WRITABLE
from events.trace import Level
from tests.docs.test_docs import table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "wall.md").read_text("utf-8")
ENGINE = EngineFact("", "20.10", "1.41", "worker:latest", "sha256:abc", None, "")
TOLD: list[tuple[str, str]] = [("", "sandbox"), ("no Landlock here", "process")]


def row(one: Guarantee) -> str:
    holds = [f"{one.at(level).strength}: {one.at(level).how}" for level in get_args(Level)]
    return " | ".join([f"| `{one.what}`", one.most, *holds]).replace("|  |", "| |") + " |"


@pytest.mark.parametrize(("heading", "group"), [("Limits", LIMITS), ("Bounds", BOUNDS)])
def test_each_guarantee_has_its_row_and_no_other_has_one(heading: str, group: tuple[Guarantee, ...]) -> None:
    assert table("docs/wall.md", heading) == [row(one) for one in group]


def test_what_a_container_is_denied_is_what_the_list_says() -> None:
    most = {one.what: one.most for one in LIMITS}
    host = container_config("image", Owner("home"), 2**32, cpus=2)["HostConfig"]
    assert most["threads of all sessions"].endswith(f"{host['PidsLimit']} in a container")
    assert most["memory of all sessions"].endswith("without swap")
    assert host["MemorySwap"] == host["Memory"]
    size, files = re.findall(r"size=(\d+)m.*nr_inodes=(\d+)", host["Tmpfs"]["/tmp"])[0]
    assert most["disk of all sessions"] == f"{size} MiB, {int(files):,} files"


def test_every_path_that_a_session_can_read_is_on_the_page() -> None:
    told = PAGE.split("\n## What a session can see\n")[1].split("\n## ")[0]
    assert set(re.findall(r"`(/[^`]*)`", told)) == {*SYSTEM, *WRITABLE, "/proc/self"}


def doctored(unwalled: str) -> tuple[str, Machine]:
    machine = Machine(ENGINE, walls(ENGINE, unwalled))
    screen = Console(file=io.StringIO(), width=2000)
    screen.print(doctor_view(examined(msgspec.to_builtins(machine), ROOT)))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue(), machine


@pytest.mark.parametrize(("unwalled", "level"), TOLD)
def test_doctor_prints_each_guarantee_of_each_wall_with_its_mark_and_what_would_raise_it(
    unwalled: str, level: Level
) -> None:
    shown, _ = doctored(unwalled)
    _, docker, local = re.split(r"\n(?=docker|local) ?", shown)
    parts: list[tuple[str, Level]] = [(docker, "container"), (local, level)]
    for part, at in parts:
        assert f"(level {at}): ready" in part
        for one in (*LIMITS, *BOUNDS):
            hold = one.at(at)
            mark = {"enforced": "✓", "sampled": "~", "absent": "✗"}[hold.strength]
            (line,) = [line for line in part.splitlines() if line.startswith(f"  {mark} {one.what}")]
            assert f"{hold.strength}, {hold.how}" in line
            assert line.endswith(f"for more: {one.raised_by(at)}") is bool(one.raised_by(at))


def test_doctor_names_engine_image_by_digest_and_what_a_session_can_read() -> None:
    shown, machine = doctored("")
    assert "engine: 20.10, API 1.41" in shown
    assert "image: worker:latest sha256:abc" in shown
    for wall in machine.walls:
        assert f"can read: {', '.join(wall.visible)}" in shown
