"""The last check on a question: its code, run behind the wall, gives its answer."""

from actors.language.operator import Columns
from actors.language.program import Program
from actors.language.render_python import imports_for, render
from actors.language.soundness import Refusal
from actors.ports import InfrastructureError, Workers
from events.answers import matches
from events.question import Question


async def tried(question: Question, columns: Columns, workers: Workers) -> Refusal | None:
    """None when the rendered code submits an accepted answer; else what it did instead.

    Raises:
        InfrastructureError: the session was lost for reasons outside its code.
    """
    async with workers.session(question.dataset, "program") as session:
        result = await session.run(solution(question, columns))
    if result.end is not None:
        if result.end.reason == "lost":
            raise InfrastructureError(f"the session was lost: {result.end.detail}")
        return Refusal("over_limit", f"the code hit a limit: {result.end.reason}")
    if result.error is not None:
        return Refusal("code_fails", f"{result.error.kind}: {result.error.message}")
    answer = result.submission.answer if result.submission else None
    if any(matches(question.contract, answer, gold) for gold in question.answers):
        return None
    return Refusal("sandbox_differs", f"behind the wall the code gives {answer}")


def solution(question: Question, columns: Columns) -> str:
    """The question's program as one cell of code that submits its answer."""
    program = Program(question.recipe.program, columns)
    codes = render(program, "idiom")
    fields = ", ".join(f"{name!r}: {step}" for name, step in program.record.answer.items())
    statements = [code.code for code in codes]
    return "\n".join([*imports_for(statements), *statements, f"submit({{{fields}}})"])
