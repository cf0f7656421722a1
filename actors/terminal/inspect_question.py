"""One question in full."""

import json
from typing import Any

from msgspec import UNSET
from rich.console import Group, RenderableType

from actors.terminal.plain import block, heading, pairs
from events.question import Axis, Proposal, Question, Step
from store.projections.state import State

_SETTLED = {
    "stated": "stated in the text",
    "conventional": "stated in the format note",
    "immaterial": "immaterial, every option gives the same answer",
    "open": "left open, every option's answer is accepted",
}


def inspect_question(state: State, question: str) -> RenderableType:
    """A question: what is asked, its program, the readings tried, the checks passed, the answers.

    Raises:
        KeyError: no question has this id.
    """
    one = state.questions.accepted[question]
    return Group(
        heading(f"question {one.id}"),
        pairs(_facts(state, one)),
        heading("what is asked"),
        block(one.question_text),
        heading("format"),
        block(one.format),
        heading("hint"),
        block(one.hint),
        *_computed_by(one),
        heading("readings"),
        *_readings(one),
        heading("checks passed"),
        *(block(f"- {check}") for check in one.certificate.checks),
        heading("accepted answers, unrounded"),
        *(block(json.dumps(answer, ensure_ascii=False)) for answer in one.answers),
        heading("episodes"),
        *_episodes(state, question),
    )


def _computed_by(one: Question) -> list[RenderableType]:
    """The program step by step, or the code that a model proposed in its place."""
    found = one.recipe.computed_by
    if isinstance(found, Proposal):
        told = f"by {found.model}, prompts {found.prompts[:8]}; the session holds the table as df"
        return [heading("reference code"), block(told), block(found.code)]
    answer = ", ".join(f"{name} = {step}" for name, step in found.answer.items())
    steps = (_step(number, step) for number, step in enumerate(found.steps, start=1))
    return [heading("program"), *steps, block(f"answer: {answer}")]


def _facts(state: State, one: Question) -> list[tuple[str, str]]:
    dataset = state.datasets.by_id.get(one.dataset)
    operators = ", ".join(f"{name} v{version}" for name, version in sorted(one.recipe.operators.items()))
    return [
        ("source", one.source),
        ("template", one.recipe.template or "none"),
        *_reworded(one),
        ("dataset", f"{one.dataset} ({dataset.name if dataset else 'not registered'})"),
        ("difficulty", f"{one.difficulty.level}: {one.difficulty.steps} steps, depth {one.difficulty.depth}"),
        ("operators", operators),
        (
            "chance",
            f"{one.certificate.chance:.1%}: how often an answer given without the data is right",
        ),
        *_blind(one),
    ]


def _reworded(one: Question) -> list[tuple[str, str]]:
    """Whose words these are in the place of which question's, where a model reworded it."""
    words = one.recipe.reworded
    return [] if words is UNSET else [("reworded from", f"{words.origin} by {words.model}")]


def _blind(one: Question) -> list[tuple[str, str]]:
    """What a model guessed that saw no row, where one was asked."""
    shares = one.certificate.blind
    if shares is UNSET:
        return []
    told = ", ".join(f"{share:.0%} given {shown}" for shown, share in shares.items())
    return [("blind guesses", f"{told}: how often a model was right without a row")]


def _step(number: int, step: Step) -> RenderableType:
    told = f"{number}. {step.name} = {step.operator}({', '.join(step.inputs)})"
    return block("\n".join([told, *_settings("with", step.parameters), *_settings("axis", step.axes)]))


def _settings(word: str, settings: dict[str, Any]) -> list[str]:
    return [
        f"   {word} {name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in sorted(settings.items())
    ]


def _readings(one: Question) -> list[RenderableType]:
    found = one.certificate
    told = (
        f"{found.readings} readings run (bound {found.bound}); {found.clusters} different answers among them"
    )
    parts: list[RenderableType] = [block(told)]
    parts.extend(block(_axis(axis)) for axis in found.axes)
    parts.extend(block(f"path evaluated: {path}") for path in found.paths)
    return parts


def _axis(axis: Axis) -> str:
    others = ", ".join(axis.options)
    return f"- {axis.axis} of {axis.step}: {axis.taken} out of {others}; {_SETTLED[axis.resolution]}"


def _episodes(state: State, question: str) -> list[RenderableType]:
    judged = [one for _, one in sorted(state.episodes.judged.items()) if one.question == question]
    told = [block(f"{one.episode}: {one.verdict} ({one.evidence})") for one in judged]
    return list(told) or [block("none was judged yet")]
