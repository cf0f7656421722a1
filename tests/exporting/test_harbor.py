"""Harbor tasks: nothing that an agent can look at holds the answer, and the grader tells right from wrong."""

import base64
import codecs
import json
import shutil
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from actors.exporting.harbor.grade import grade
from actors.exporting.harbor.tasks import ANSWER, harbor, lent
from actors.workers.engine import worker_image
from events.identity import digest_of
from events.trace import Message
from store.export.harvest import Harvest
from store.export.writing import NothingToExportError
from store.projections.state import State
from store.splits import Splits, TablePlace
from tests.cli.containers import demand_engine
from tests.history import GOLD, told

TABLE = b"mass,species\n" + b"".join(b"%d,a\n" % mass for mass in (4100, 4201, 4304)) + b"4202.017544,b\n"
"""Its mean is the gold of the history."""
CODE = (
    "m = df['mass'].mean()\nhook(m, \"m = df['mass'].mean()\", name='m')\n",
    "submit({'mean_mass': round(m, 2)})",
)
RIGHT, WRONG = {"mean_mass": 4201.75}, {"mean_mass": 4201.77}


def harvest() -> Harvest:
    """One verified question, whose gold trace takes two turns."""
    state = told(1, ("template",)).state()
    for trace, attempt in list(state.traces.attempts.items()):
        said = tuple(Message("I go on.", code, number) for number, code in enumerate(CODE))
        state.traces.attempts[trace] = msgspec.structs.replace(attempt, said=said)
    return Harvest(state, Splits({dataset: TablePlace("train", ()) for dataset in state.datasets.by_id}))


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """The folder of the one task."""
    for path, data in harbor(harvest(), lambda _: TABLE).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (folder,) = (tmp_path / "tasks").iterdir()
    return folder


def graded(task: Path, answer: str, tmp_path: Path) -> tuple[int, str]:
    """What the grader of a task says, as a program of its own that sees nothing of ours but what the task brings."""
    given = tmp_path / "answer.json"
    given.write_text(answer)
    command = [sys.executable, "-I", str(task / "tests" / "grade.py"), str(given), str(tmp_path / "logs")]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    return int((tmp_path / "logs" / "reward.txt").read_text()), (tmp_path / "logs" / "why.txt").read_text()


def spellings(answer: str) -> Iterator[bytes]:
    """An answer as it is, and encoded in the ways that people try."""
    plain = answer.encode()
    yield from (plain, plain[::-1], plain.hex().encode(), base64.b32encode(plain).rstrip(b"="))
    yield from (base64.b64encode(plain[at:])[2:-4] for at in range(3))
    yield from (
        zlib.compress(plain)[2:-4],
        codecs.encode(answer, "rot13").encode(),
        digest_of(plain).encode(),
    )


def test_the_answer_stands_nowhere_in_a_task_not_even_encoded(task: Path) -> None:
    for path in task.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for answer in (str(GOLD), "4201.75", '{"mean_mass":4201.75}'):
                assert not [one for one in spellings(answer) if one in data], path


def test_an_agent_sees_neither_code_hint_nor_contract(task: Path) -> None:
    (asked,) = harvest().state.questions.accepted.values()
    seen = [task / "instruction.md", *(task / "environment").iterdir()]
    assert {path.name for path in seen} == {"instruction.md", "Dockerfile", "table.csv"}
    words = (task / "instruction.md").read_text()
    assert asked.question_text in words
    assert asked.format in words
    assert ANSWER in words
    for secret in (CODE[0], asked.hint, "tolerance"):
        assert not [path for path in seen if secret.encode() in path.read_bytes()]


def test_the_settings_tell_limits_and_lineage(task: Path) -> None:
    found = tomllib.loads((task / "task.toml").read_text())
    (asked,) = harvest().state.questions.accepted.values()
    assert found["version"] == "1.0"
    assert found["metadata"]["question"] == asked.id
    assert found["metadata"]["licence"] == "unknown"
    assert found["verifier"]["timeout_sec"] > 0
    assert found["agent"]["timeout_sec"] > 0
    assert found["environment"]["memory_mb"] > 0


@pytest.mark.parametrize(
    ("answer", "reward"),
    [
        (json.dumps(RIGHT), 1),
        (json.dumps({"mean_mass": GOLD}), 1),
        (json.dumps(WRONG), 0),
        (json.dumps({}), 0),
        ("[4201.75]", 0),
        ("4201.75", 0),
        ("{", 0),
        ('{"mean_mass": NaN}', 0),
        ("[" * 5000, 0),
        (None, 0),
    ],
)
def test_the_grader_accepts_the_right_answer_alone(
    task: Path, tmp_path: Path, answer: str | None, reward: int
) -> None:
    given = tmp_path / "answer.json"
    if answer is not None:
        given.write_text(answer)
    assert grade(task / "tests", given)[0] == reward


def test_as_a_program_that_sees_nothing_else_of_ours_the_grader_says_the_same(
    task: Path, tmp_path: Path
) -> None:
    assert graded(task, json.dumps(RIGHT), tmp_path) == (1, "right\n")
    assert graded(task, json.dumps(WRONG), tmp_path) == (0, "another answer is right\n")


def test_a_grader_whose_reference_gives_nothing_fails_and_gives_no_reward(task: Path, tmp_path: Path) -> None:
    (task / "tests" / "reference_001.py").write_text("pass\n")
    with pytest.raises(subprocess.CalledProcessError):
        graded(task, json.dumps(RIGHT), tmp_path)
    assert not (tmp_path / "logs").exists()


def test_what_a_grader_borrows_is_what_it_imports() -> None:
    told_of = "import sys; sys.argv[1:] = []; import actors.exporting.harbor.grade; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", told_of], check=True, capture_output=True, text=True
    ).stdout
    ours = {name for name in loaded.split() if name.partition(".")[0] in ("events", "actors")}
    paths = {name.replace(".", "/") for name in ours - {"actors.exporting", "actors.exporting.harbor"}}
    kept = {path.removesuffix(".py").removesuffix("/__init__") for path in lent()} - {"grade"}
    assert paths - {"actors/exporting/harbor/grade"} == kept


def test_a_question_that_accepts_several_answers_has_no_task() -> None:
    state: State = harvest().state
    (asked,) = state.questions.accepted.values()
    state.questions.accepted[asked.id] = msgspec.structs.replace(asked, answers=asked.answers * 2)
    with pytest.raises(NothingToExportError, match="one accepted answer"):
        harbor(Harvest(state, harvest().splits), lambda _: TABLE)


@pytest.mark.docker
@pytest.mark.full
async def test_in_a_container_a_wrong_answer_is_refused_and_a_right_one_accepted(
    task: Path, tmp_path: Path
) -> None:
    await demand_engine()
    for answer, reward in ((WRONG, "0"), (RIGHT, "1")):
        app = tmp_path / "app"
        shutil.rmtree(app, ignore_errors=True)
        app.mkdir()
        (app / "answer.json").write_text(json.dumps(answer))
        assert in_container(task, app) == reward


def in_container(task: Path, app: Path) -> str:
    """The reward that `tests/test.sh` gives in a container of the worker's image, which has the libraries."""
    made = ["docker", "create", "--network", "none", "--user", "0", "--entrypoint", "bash"]
    name = docker(*made[1:], worker_image(), "/tests/test.sh").strip()
    try:
        docker("cp", f"{task / 'tests'}/.", f"{name}:/tests")
        docker("cp", f"{app}/.", f"{name}:/app")
        docker("start", "--attach", name)
        return docker("cp", f"{name}:/logs/verifier/reward.txt", "-", text=False)
    finally:
        docker("rm", "--force", name)


def docker(*words: str, text: bool = True) -> str:
    """What the engine's client says; of an archive of one file what the file holds."""
    found = subprocess.run(["docker", *words], check=True, capture_output=True).stdout
    return found.decode() if text else found[512:].lstrip(b"\0").split(b"\n")[0].decode()
