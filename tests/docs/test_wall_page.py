"""The page on the wall shows the one list of what each level holds a session to, and so does `doctor`."""

import io
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from rich.console import Console

from actors.terminal.doctor import doctor_view, examined
from actors.workers.bubble import DISK_BYTES
from actors.workers.containers import Owner, container_config
from actors.workers.engine import EngineFact
from actors.workers.guarantees import BOUNDS, IN_BUBBLE, LIMITS, NEEDS_KERNEL, Guarantee, held_to
from actors.workers.probe import Inside, Machine, walls
from actors.workers.sandbox.visible import SYSTEM, WRITABLE
from events.trace import Level
from tests.docs.test_docs import table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "wall.md").read_text("utf-8")
ENGINE = EngineFact("", "20.10", "1.41", "worker:latest", "sha256:abc", None, "")
NO_BUBBLE = ("there is none", "install it")
TOLD: list[tuple[str, tuple[str, str], Level]] = [
    ("", NO_BUBBLE, "sandbox"),
    ("", ("", ""), "sandbox"),
    ("no Landlock here", NO_BUBBLE, "process"),
]


def row(one: Guarantee) -> str:
    holds = [f"{one.at(level).strength}: {one.at(level).how}" for level in get_args(Level)]
    return " | ".join([f"| `{one.what}`", one.most, *holds]).replace("|  |", "| |") + " |"


@pytest.mark.parametrize(("heading", "group"), [("Limits", LIMITS), ("Bounds", BOUNDS)])
def test_each_guarantee_has_its_row_and_no_other_has_one(heading: str, group: tuple[Guarantee, ...]) -> None:
    assert table("docs/wall.md", heading) == [row(one) for one in group]


def test_what_bubblewrap_adds_is_on_the_page() -> None:
    told = table("docs/wall.md", "Bubblewrap")
    assert told == [f"| `{what}` | {hold.strength}: {hold.how} |" for what, hold in IN_BUBBLE.items()]
    assert set(IN_BUBBLE) <= {one.what for one in (*LIMITS, *BOUNDS)}
    most = next(one.most for one in LIMITS if one.what == "disk of all sessions")
    assert most.startswith(f"{DISK_BYTES // 1024**2:,} MiB")


def test_what_a_container_is_denied_is_what_the_list_says() -> None:
    most = {one.what: one.most for one in LIMITS}
    host = container_config("image", Owner("home"), 2**32, cpus=2)["HostConfig"]
    assert most["threads of all sessions"].endswith(f"{host['PidsLimit']} in a container")
    assert most["memory of all sessions"].endswith("without swap")
    assert host["MemorySwap"] == host["Memory"]
    size, files = re.findall(r"size=(\d+)m.*nr_inodes=(\d+)", host["Tmpfs"]["/tmp"])[0]
    assert most["disk of all sessions"] == f"{int(size):,} MiB, {int(files):,} files"


def test_every_path_that_a_session_can_read_is_on_the_page() -> None:
    told = PAGE.split("\n## What a session can see\n")[1].split("\n## ")[0]
    assert set(re.findall(r"`(/[^`]*)`", told)) == {*SYSTEM, *WRITABLE, "/proc/self"}


def doctored(unwalled: str, unbubbled: tuple[str, str]) -> tuple[str, Machine]:
    machine = Machine(ENGINE, walls(ENGINE, unwalled, unbubbled))
    screen = Console(file=io.StringIO(), width=2000)
    screen.print(doctor_view(examined(msgspec.to_builtins(machine), ROOT)))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue(), machine


@pytest.mark.parametrize(("unwalled", "unbubbled", "level"), TOLD)
def test_doctor_prints_each_guarantee_of_each_wall_with_its_mark_and_what_would_raise_it(
    unwalled: str, unbubbled: tuple[str, str], level: Level
) -> None:
    shown, _ = doctored(unwalled, unbubbled)
    in_bubble = unbubbled == ("", "")
    _, docker, local = re.split(r"\n(?=docker|local) ?", shown)
    parts: list[tuple[str, Level]] = [(docker, "container"), (local, level)]
    for part, at in parts:
        assert f"(level {at}): ready" in part
        for one in (*LIMITS, *BOUNDS):
            hold = held_to(one, at, in_bubble=in_bubble)
            mark = {"enforced": "✓", "sampled": "~", "absent": "✗"}[hold.strength]
            (line,) = [line for line in part.splitlines() if line.startswith(f"  {mark} {one.what}")]
            assert f"{hold.strength}, {hold.how}" in line
            more = "" if hold.strength == "enforced" else one.raised_by(at)
            assert line.endswith(f"for more: {more}") is bool(more)


def test_doctor_marks_what_no_container_holds_a_session_to_where_it_has_no_wall_of_its_own() -> None:
    docker, local = walls(ENGINE, "", NO_BUBBLE, Inside(None, unwalled="the kernel is too old"))
    assert (docker.level, docker.problem, docker.visible) == ("process", None, ())
    assert docker.weaker.endswith("around each session in a container: the kernel is too old")
    held = {one.what: one for one in (*docker.limits, *docker.bounds)}
    for what in (
        "network",
        "reading files",
        "signals to others",
        "looking into others",
        "processes of a session",
    ):
        assert (held[what].strength, held[what].raised_by) == ("absent", NEEDS_KERNEL)
        assert held[what].how.startswith("no wall of its own")
    assert held["memory of all sessions"].strength == "enforced"
    machine = msgspec.to_builtins(Machine(ENGINE, (docker, local)))
    assert examined(machine, ROOT)["workers"] == "local"


def test_doctor_tells_that_bubblewrap_is_used_or_why_not_and_what_would_change_it() -> None:
    with_it, _ = doctored("", ("", ""))
    assert "  around its workers: bubblewrap\n" in with_it
    assert "no stronger" not in with_it
    without, _ = doctored("", NO_BUBBLE)
    assert "around its workers" not in without
    assert "  no stronger, because there is none\n  for more: install it\n" in without


def test_doctor_names_engine_image_by_digest_and_what_a_session_can_read() -> None:
    shown, machine = doctored("", NO_BUBBLE)
    assert "engine: 20.10, API 1.41" in shown
    assert "image: worker:latest sha256:abc" in shown
    for wall in machine.walls:
        assert f"can read: {', '.join(wall.visible)}" in shown
