"""One dataset or one question in full."""

import json
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from actors.terminal.plain import block, heading, line, pairs
from events.dataset import ColumnProfile
from events.question import SOURCES, Axis, Question, Step
from store.projections.funnel import Row
from store.projections.state import State

_SETTLED = {
    "stated": "stated in the text",
    "conventional": "stated in the format note",
    "immaterial": "immaterial, every option gives the same answer",
    "open": "left open, every option's answer is accepted",
}


def inspect_dataset(state: State, dataset: str) -> RenderableType:
    """A table: how it was read, what its columns are, what became of its questions.

    Raises:
        KeyError: no dataset has this id.
    """
    one = state.datasets.by_id[dataset]
    facts = [
        ("id", one.dataset),
        ("name", one.name),
        ("path", one.path),
        ("size", f"{one.size} bytes, {one.rows} rows, {len(one.columns)} columns"),
        ("encoding", one.reader.encoding),
        ("delimiter", repr(one.reader.delimiter)),
        ("header line", str(one.reader.header)),
        ("missing", ", ".join(map(repr, one.reader.missing)) or "the empty cell alone"),
        ("blob", one.blob),
    ]
    notes = [block(f"- {note}") for note in one.notes]
    parts = [heading(f"dataset {one.name}"), pairs(facts), heading("what the reader found"), *notes]
    return Group(
        *parts, heading("columns"), _columns(one.columns), heading("funnel"), _funnel(state, dataset)
    )


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
        heading("program"),
        *(_step(number, step) for number, step in enumerate(one.recipe.program.steps, start=1)),
        block("answer: " + ", ".join(f"{name} = {step}" for name, step in one.recipe.program.answer.items())),
        heading("readings"),
        *_readings(one),
        heading("checks passed"),
        *(block(f"- {check}") for check in one.certificate.checks),
        heading("accepted answers, unrounded"),
        *(block(json.dumps(answer, ensure_ascii=False)) for answer in one.answers),
        heading("episodes"),
        *_episodes(state, question),
    )


def _columns(columns: tuple[ColumnProfile, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("column", "kind", "missing", "distinct", "why"):
        table.add_column(name, overflow="fold")
    for one in columns:
        table.add_row(
            line(one.name),
            one.kind,
            str(one.missing),
            str(one.distinct),
            line(one.why or ", ".join(one.levels)),
        )
    return table


def _funnel(state: State, dataset: str) -> RenderableType:
    rows = state.funnel.rows.get(dataset, {})
    told = [
        (
            str(source),
            _row(row),
        )
        for source in SOURCES
        if (row := rows.get(source)) is not None
    ]
    return pairs(told or [("nothing", "no question was asked of it")])


def _row(row: Row) -> str:
    rejected, refused = sum(row.rejected.values()), sum(row.refused().values())
    made = f"{row.proposed} proposed, {len(row.accepted)} accepted, {rejected} rejected"
    return f"{made}, {row.verified} verified, {refused} refused"


def _facts(state: State, one: Question) -> list[tuple[str, str]]:
    dataset = state.datasets.by_id.get(one.dataset)
    operators = ", ".join(f"{name} v{version}" for name, version in sorted(one.recipe.operators.items()))
    return [
        ("source", one.source),
        ("template", one.recipe.template or "none"),
        ("dataset", f"{one.dataset} ({dataset.name if dataset else 'not registered'})"),
        ("difficulty", f"{one.difficulty.level}: {one.difficulty.steps} steps, depth {one.difficulty.depth}"),
        ("operators", operators),
    ]


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
