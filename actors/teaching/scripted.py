"""The scripted teacher: an expert that plays a program turn by turn, and needs no model.

For the gold trace it works from the program and the hint. For a consistency trace it is blind to both: it
reads the text and the format note back into programs, by the wording's inverse grammar, and solves the one
that its index picks, in the operators' second implementation. So its agreement tests the words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from random import Random

from actors.language.evaluation import Engine
from actors.language.kinds import DERIVED
from actors.language.lexicon import Lexicon
from actors.language.mistakes import MistakenProgram
from actors.language.operator import Columns
from actors.language.program import TABLE, Program
from actors.language.render_english import plan_of
from actors.language.render_python import StepCode, arrays_for, imports_for, render
from actors.teaching.dialogue import GaveUp, SolveSettings, Task
from events.answers import AnswerContract
from events.question import ProgramRecord, Question
from events.trace import SCRIPTED, Message, Mistake

NAME = SCRIPTED
Read = Callable[[Question], Awaitable[Sequence[ProgramRecord]]]
"""From a question's text and note to the programs that they can mean."""
Spoil = Callable[[Question, ProgramRecord], Awaitable[MistakenProgram | None]]
"""From a program that was read to the same with one labelled error; None where there is no place for one."""
Written = tuple[Sequence[Message], Mistake | None]
"""A script, and the mistake in it."""


class ScriptedTeacher:
    """Solves by script; its episodes are `scripted` evidence wherever they go.

    Args:
        columns_of: the profile of a dataset, by id: a solver has the table before its eyes.
        read: what a question's text can mean; it is handed the question, but looks at text and note alone.
        spoil: puts an error into a program that was read.
        settings: how often a mistake is made on purpose, and among how many traces.
    """

    def __init__(
        self, columns_of: Callable[[str], Columns], read: Read, spoil: Spoil, settings: SolveSettings
    ) -> None:
        self.columns_of = columns_of
        self.read = read
        self.spoil = spoil
        self.settings = settings

    @property
    def name(self) -> str:
        """Its name in every id and record."""
        return NAME

    def begin(self, task: Task) -> "Script":
        """The script of one attempt; it is written when the first message is asked for."""
        return Script(lambda: self.script(task))

    async def script(self, task: Task) -> Written:
        """All messages of one attempt, and the mistake made in them on purpose."""
        question, columns = task.question, self.columns_of(task.question.dataset)
        if task.role == "gold":
            program = Program(question.recipe.program, columns)
            return _turns(program, "idiom", question.contract), None
        readings = await self.read(question)
        if not readings:
            return [Message(text="I cannot tell what is asked.")], None
        record = readings[task.index % len(readings)]
        turns = _turns(Program(record, columns), "arithmetic", question.contract)
        if task.index != mistaken_index(question.id, self.settings):
            return turns, None
        made = await self.spoil(question, record)
        return (turns, None) if made is None else _with_mistake(made, turns, question, columns)


class Script:
    """Messages said one after the other, whatever the code gives.

    Args:
        write: writes them, before the first is said.
    """

    def __init__(self, write: Callable[[], Awaitable[Written]]) -> None:
        self._write = write
        self._messages: list[Message] | None = None
        self._mistake: Mistake | None = None

    @property
    def mistake(self) -> Mistake | None:
        """The mistake made on purpose; known once the script is written."""
        return self._mistake

    @property
    def prompts(self) -> str:
        """None: nobody is asked."""
        return ""

    async def next(self, view: str | None) -> Message | GaveUp:  # noqa: ARG002  a script does not look
        """The next message, or the end."""
        if self._messages is None:
            messages, self._mistake = await self._write()
            self._messages = list(messages)
        return self._messages.pop(0) if self._messages else GaveUp("teacher_stopped")


def _with_mistake(
    made: MistakenProgram, turns: list[Message], question: Question, columns: Columns
) -> Written:
    """The turns of the program with its error, and the label that says where it begins."""
    wrong = _turns(Program(made.record, columns), "arithmetic", question.contract)
    pairs = enumerate(zip(turns, wrong, strict=False))
    cell = next(
        at for at, (left, right) in pairs if at > 0 and left != right
    )  # the first look is never wrong
    return wrong, Mistake(kind=made.kind, step=made.step, cell=cell, detail=made.detail)


def mistaken_index(question: str, settings: SolveSettings) -> int | None:
    """Which consistency trace of a question carries a mistake; None for one question in five."""
    rng = Random(f"{question}/mistaken trace")
    return rng.randrange(settings.traces) if rng.random() < settings.mistakes else None


def _turns(program: Program, engine: Engine, contract: AnswerContract) -> list[Message]:
    """A look at the table, a turn a step with its hook, and the answer."""
    codes = render(program, engine)
    made = arrays_for(program, codes) if engine == "arithmetic" else []
    used = [*made, *(code.code for code in codes)]
    opening = [*imports_for(used), *made, "df.shape"]
    hooked = _hooked(program, engine)
    turns = [Message(text="First a look at the size of the table.", code="\n".join(opening))]
    turns.extend(Message(text=_intent(program, code), code=_cell(code, hooked)) for code in codes)
    turns.append(Message(text="That answers the question.", code=_submit(program.record, contract)))
    return turns


def _hooked(program: Program, engine: Engine) -> Mapping[str, tuple[str, ...]]:
    """The steps that raise a hook, each with the nearest hooked steps it is made from.

    The second implementation keeps tables and columns as arrays of its own form, which stand for no
    checkpoint; they raise none.
    """
    behind: dict[str, tuple[str, ...]] = {TABLE: ()}
    hooked: dict[str, tuple[str, ...]] = {}
    for step in program.steps:
        sources = tuple(dict.fromkeys(name for source in step.inputs for name in behind[source]))
        if engine == "idiom" or program.kind(step.name) not in {"table", *DERIVED}:
            hooked[step.name], behind[step.name] = sources, (step.name,)
        else:
            behind[step.name] = sources
    return hooked


def _cell(code: StepCode, hooked: Mapping[str, tuple[str, ...]]) -> str:
    name = code.step.name
    if name not in hooked:
        return code.code
    edges = f", depends_on={list(hooked[name])!r}" if hooked[name] else ""
    return f"{code.code}\nhook({name}, {code.statements[-1]!r}, name={name!r}{edges})"


def _intent(program: Program, code: StepCode) -> str:
    """What the step is for, in a sentence."""
    plan = plan_of(program.terms[code.step.name], Lexicon(program.columns))
    return f"{plan[0].upper()}{plan[1:]}."


def _submit(record: ProgramRecord, contract: AnswerContract) -> str:
    """The answer in the form asked for: numbers with the decimals that the contract wants."""
    fields = {field.name: field for field in contract.fields}
    parts = []
    for name, step in record.answer.items():
        field = fields.get(name)
        rounding = field is not None and field.kind == "number"
        value = f"round(float({step}), {field.decimals})" if field and rounding else step
        parts.append(f"{name!r}: {value}")
    return f"submit({{{', '.join(parts)}}})"
