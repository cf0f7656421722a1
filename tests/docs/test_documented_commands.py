"""Each command line in a fenced block is run as it stands, and each command and option is named."""

import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

import cli

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]
COMMANDS = ("python cli.py ", "tracegate ")
SHELL = ("grep ", "jq ")
ENVIRONMENT = {"DOCKER_HOST": "unix:///nowhere.sock", "NO_COLOR": "1"}
"""Without an engine `--workers auto` takes the local one, whatever the machine has."""


def fenced(file: Path) -> list[str]:
    """The lines within fences."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", file.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def lines_of(file: Path, *starts: str) -> list[str]:
    return [line for line in fenced(file) if line.startswith(starts)]


LATER = [file for file in PAGES if file != README and lines_of(file, *COMMANDS, *SHELL)]


def ended(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One line in a shell, in a folder that has a home and a table."""
    command = line
    for start in COMMANDS:
        command = command.replace(start, f"{sys.executable} {ROOT / 'cli.py'} ", 1)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("TRACEGATE_")}
    return subprocess.run(
        ["bash", "-c", command],
        check=False,
        cwd=folder,
        env=outside | ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@dataclass(frozen=True)
class Session:
    """The first session of the README, in a folder that had nothing but a table."""

    folder: Path
    ran: dict[str, subprocess.CompletedProcess[str]]

    @property
    def home(self) -> Path:
        return self.folder / ".tracegate"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("docs")
    with (folder / "TABLE.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["station", "soil", "rain (mm)", "wind", "yield"], *_rows()])
    done = Session(folder, {})
    for line in lines_of(README, *COMMANDS):
        done.ran[line] = ended(placed(line, done.home), folder)
    return done


def _rows() -> Iterator[list[object]]:
    rng = random.Random(3)
    for number in range(96):
        soil = rng.choice(["clay", "loam", "sand"])
        station = rng.choice(["east", "north", "south", "west"])
        rain = round(rng.gauss({"clay": 60, "loam": 75, "sand": 50}[soil], 12), 1)
        wind = round(rng.gauss(12, 4), 1)
        better = {"east": 0, "north": 6, "south": 3, "west": 9}[station]
        grown = round(0.6 * rain - 0.4 * wind + better + rng.gauss(20, 5), 2)
        yield [station, soil, rain, "" if number % 11 == 4 else wind, grown]


def placed(line: str, home: Path) -> str:
    """The line with ids of this home in the place of the words that stand for them."""
    ids = {
        "EPISODE": _last(home, "EpisodeJudged", "episode"),
        "QUESTION": _last(home, "EpisodeJudged", "question"),
        "EVENT": _last(home, "IntegrityFailureSimulated", None),
        "EVALUATION": _last(home, "EvaluationStarted", "evaluation"),
    }
    for word, key in ids.items():
        line = re.sub(rf"\b{word}\b", key, line)
    return line


def _last(home: Path, kind: str, name: str | None) -> str:
    """A field of the last event of a type, or its id; empty when there is none."""
    segments = sorted((home / "log").glob("*.jsonl"))
    log = [json.loads(line) for file in segments for line in file.read_text("utf-8").splitlines()]
    found = [one for one in log if one.get("event", {}).get("type") == kind]
    if not found:
        return ""
    key: str = found[-1]["event"][name] if name else found[-1]["id"]
    return key


def due(line: str) -> int:
    """The exit code that a line announces behind its `#`."""
    told = re.search(r"#.*\bexit (\d+)", line)
    return int(told[1]) if told else 0


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_make_line_names_a_target(file: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    inline = re.findall(r"`make ([a-z-]+)`", file.read_text(encoding="utf-8"))
    assert {*inline, *(line.split()[1] for line in lines_of(file, "make "))} <= targets


def did(line: str, found: subprocess.CompletedProcess[str]) -> None:
    assert found.returncode == due(line), f"{line}\n{found.stdout}\n{found.stderr}"
    assert found.stdout, line


@pytest.mark.full
def test_the_first_session_does_what_the_readme_says(session: Session) -> None:
    assert len(session.ran) > 5
    for line, found in session.ran.items():
        did(line, found)


@pytest.mark.full
@pytest.mark.parametrize("file", LATER, ids=lambda file: file.name)
def test_the_command_lines_of_a_page_do_what_it_says(file: Path, session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(session.folder, folder)
    for line in lines_of(file, *COMMANDS, *SHELL):
        if "jq " not in line or shutil.which("jq") is not None:
            did(line, ended(placed(line, folder / ".tracegate"), folder))


def test_a_page_shows_the_gate_closing_and_opening() -> None:
    lines = lines_of(ROOT / "docs" / "gate.md", *COMMANDS)
    closing = next(place for place, line in enumerate(lines) if "--simulate" in line)
    assert due(lines[closing]) == 1
    assert any("--acknowledge" in line and due(line) == 0 for line in lines[closing:])


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name."""
    if isinstance(group, click.Group):
        for name, inner in group.commands.items():
            yield from commands(inner, (*path, name))
    else:
        yield " ".join(path), group


@pytest.mark.parametrize(
    ("name", "command"), list(commands(cli.app)), ids=[one for one, _ in commands(cli.app)]
)
def test_every_command_and_option_stands_in_the_readme(name: str, command: click.Command) -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"| `{name}" in told
    options = [
        option
        for one in command.params
        if isinstance(one, click.Option)
        for option in one.opts
        if option[:2] == "--"
    ]
    assert [option for option in options if f"`{option}" not in told and f" {option} " not in told] == []


@pytest.mark.full
def test_inspect_shows_the_whole_question_on_a_narrow_terminal(session: Session) -> None:
    line = placed("COLUMNS=60 python cli.py inspect question QUESTION", session.home)
    shown = " ".join(ended(line, session.folder).stdout.split())
    asked = json.loads(ended(f"{line} --json", session.folder).stdout)["question_text"]
    assert " ".join(asked.split()) in shown
