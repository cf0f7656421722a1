"""Questions of a home as a model's server plays them: the scripted solutions, through the wire."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from actors.apart import meant
from actors.cast import table_of
from actors.generation.proposing import Table
from actors.job import Job
from actors.system import perform
from actors.teaching.dialogue import SolveSettings, Task
from actors.teaching.orders import ModelOrders
from actors.teaching.prompting import prompts
from actors.teaching.scripted import ScriptedTeacher
from events.question import ProgramRecord, Question
from events.trace import Message, Role
from events.wire import AnyRecorded
from store.home import Home
from store.replay import rebuild
from tests.teaching.servers import MODEL, PRICES, Body

ROLES: tuple[Role, ...] = ("gold", "consistency")


class Silent:
    """Progress that nobody follows."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stage(self, told: str) -> None:
        self.told.append(told)

    def heard(self, recorded: AnyRecorded) -> None:
        pass


class Player:
    """Knows the solution of each question of a home, and says the turn that is due."""

    def __init__(self, scripts: Mapping[str, Sequence[Message]]) -> None:
        self.scripts = scripts

    @classmethod
    async def of(cls, home: Home) -> "Player":
        state = rebuild(home)
        tables: dict[str, Table] = {key: table_of(home, one) for key, one in state.datasets.by_id.items()}

        async def read(question: Question) -> Sequence[ProgramRecord]:
            words = (question.question_text, question.format, question.contract)
            return meant(tables[question.dataset], *words)

        async def spoil(*_: Any) -> None:
            return None

        honest = SolveSettings(mistakes=0.0)
        teacher = ScriptedTeacher(lambda dataset: tables[dataset].columns, read, spoil, honest)
        scripts: dict[str, Sequence[Message]] = {}
        for question in state.questions.accepted.values():
            for role in ROLES:
                asked = prompts().question(question, role, tables[question.dataset].columns)
                scripts[asked], _ = await teacher.script(Task(question, role, 0))
        return cls(scripts)

    def due(self, body: Body) -> Message:
        """The turn after those that were run."""
        contents: list[str] = [one["content"] or "" for one in body["messages"]]
        _, first, *later = contents
        return self.scripts[first][sum(text.startswith("What came back") for text in later)]

    def __call__(self, body: Body) -> Mapping[str, Any]:
        turn = self.due(body)
        return {"content": f"{turn.text}\n\n```python\n{turn.code}\n```"}


async def generated(root: Path, *tables: Path, questions: int = 1) -> Home:
    """A home that holds so many questions of each table and source."""
    home = Home(root)
    await perform(
        Job("generate", frozenset({"generate"}), home, tables, questions=questions, workers="local"), Silent()
    )
    return home


async def solved(home: Home, base_url: str, progress: Silent | None = None, **settings: Any) -> None:
    """Have a model solve what a home holds."""
    orders = ModelOrders(**{"base_url": base_url, "model": MODEL, **PRICES, **settings})
    job = Job("solve", frozenset({"solve"}), home, workers="local", model=orders, allow_process_level=True)
    await perform(job, progress or Silent())
