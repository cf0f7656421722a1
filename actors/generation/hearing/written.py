"""What can be told of a draft before its code is run: its form, and whether it was asked before."""

import ast
import re

from actors.generation.hearing.case import Bench, Case
from actors.language.soundness import Refusal
from actors.proposed import Draft
from events.question import Proposal, Question

ALIKE = 0.9
"""The share of two texts' words that are in both, from which on they ask the same whatever the code."""
RELATED = 0.5
"""The same for two questions about the same columns with the same answer."""
_WORD = re.compile(r"\w+")


def is_badly_written(draft: Draft, bench: Bench) -> Refusal | None:
    """Code that cannot run, that submits nothing, or that reaches for what is none of its business."""
    try:
        tree = ast.parse(draft.code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        return Refusal("code_fails", f"the code cannot be read: {problem}")
    if not any(_is_submit(node) for node in ast.walk(tree)):
        return Refusal("code_fails", "the code submits nothing")
    names = [field.name for field in draft.fields]
    if len(set(names)) < len(names):
        return Refusal("malformed", f"two fields have one name: {names}")
    reach = bench.reach(draft.code)
    return Refusal("tampering", f"the code reaches for interpreter internals: {reach}") if reach else None


def is_repeated(draft: Draft, bench: Bench) -> Refusal | None:
    """A question that was accepted before, in the same words or the same code."""
    for known in bench.known:
        if _words(known.question_text) == _words(draft.question) or _same_code(known, draft.code):
            return Refusal("duplicate", f"question {known.id} asks the same")
    return None


def is_nearly_repeated(case: Case, bench: Bench) -> Refusal | None:
    """A question that differs from an accepted one in a few words alone."""
    asked = set(_words(case.draft.question))
    for known in bench.known:
        words = set(_words(known.question_text))
        share = len(asked & words) / len(asked | words)
        if share >= ALIKE or (share >= RELATED and _same_answer(case, known, bench)):
            told = f"question {known.id} has {share:.0%} of the words, the same columns and the same answer"
            if share >= ALIKE:
                told = f"question {known.id} has {share:.0%} of the words"
            return Refusal("near_duplicate", told)
    return None


def _same_answer(case: Case, known: Question, bench: Bench) -> bool:
    recipe, answer = known.recipe.computed_by, dict(known.answers[0])
    return (
        isinstance(recipe, Proposal)
        and _columns(recipe.code, bench) == _columns(case.draft.code, bench)
        and list(answer.values()) == list(case.answer.values())
    )


def _columns(code: str, bench: Bench) -> set[str]:
    """The columns that code names."""
    texts = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    return {one.name for one in bench.columns} & texts


def _same_code(known: Question, code: str) -> bool:
    recipe = known.recipe.computed_by
    return isinstance(recipe, Proposal) and ast.dump(ast.parse(recipe.code)) == ast.dump(ast.parse(code))


def _is_submit(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "submit"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
