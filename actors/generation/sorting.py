"""Under what a proposal is counted, and what there is to be had under each heading."""

from collections.abc import Iterator, Mapping
from functools import cache

from actors.generation.floors import CLASSES, NOTHING, class_of
from actors.language.kinds import COLUMN_KINDS
from actors.language.operator import Operator, grammar
from actors.language.operators import FAMILIES
from actors.language.templates import TEMPLATES
from events.dataset import DatasetRegistered
from events.question import SOURCES, Question
from store.projections.coverage import Tried

assert FAMILIES  # the grammar is complete once they are imported
REFERENCE = "reference"
"""The axis of operators that hold records against a statistic of the records at hand."""
REJECTIONS = (
    "duplicate",
    "ill_typed",
    "undefined",
    "degenerate",
    "ambiguous",
    "repeated",
    "placeholder",
    "too_few_records",
    "small_groups",
    "narrow_margin",
    "extreme_p",
    "engines_differ",
    "dead_step",
    "row_order",
    "column_order",
    "distractor",
    "guessable",
    "unreadable",
    "too_long",
    "unpolished",
    "unbalanced",
    "over_limit",
    "code_fails",
    "sandbox_differs",
    "malformed",
    "no_proposal",
    "tampering",
    "unsteady",
    "constant",
    "near_duplicate",
)
"""Every word for a rejection."""


def sorts(one: Tried) -> Iterator[tuple[str, str]]:
    """The headings that a proposal is counted under, each with what it has there."""
    yield "source", one.source
    yield "dataset class", class_of(one.dataset.rows, one.dataset.columns).name
    yield "dataset", called(one.dataset)
    if one.steps:
        yield "steps", f"{one.steps:>2}"
    for name in one.operators:
        yield "operator", name
        yield "family", grammar()[name].family if name in grammar() else "of another version"
        yield from (("axis", axis) for axis in _axes(name))
        if name in _decisions():
            yield "decision", _decisions()[name]
    if one.question is not None:
        yield from _accepted(one.question)


def _accepted(question: Question) -> Iterator[tuple[str, str]]:
    """What only a question tells: a proposal that failed was read, and decided, by nobody."""
    if question.recipe.template:
        yield "template", question.recipe.template
    yield from (("branch", way) for way in ways_gone(question))
    yield from (("axis settled", f"{one.axis}: {one.resolution}") for one in question.certificate.axes)


def ways_gone(question: Question) -> list[str]:
    """The ways that its decisions went, each as `decision: way`, as often as it was gone."""
    operators = {step.name: step.operator for step in question.recipe.program.steps}
    gone = question.certificate.decisions
    return [f"{_decisions().get(operators[step], operators[step])}: {way}" for step, way in gone.items()]


def acts_on_decision(question: Question) -> bool:
    """Whether it goes from evidence to a choice, and on to something done with what was chosen."""
    taken = {name for step in question.recipe.program.steps for name in step.inputs}
    return any(step in taken for step in question.certificate.decisions)


def columns_in(question: Question) -> set[str]:
    """The columns that its steps name; a level that is spelled like a column is none."""
    return {
        str(value)
        for step in question.recipe.program.steps
        if step.operator in grammar()
        for name, value in step.parameters.items()
        if grammar()[step.operator].parameters.get(name) in COLUMN_KINDS
    }


def called(dataset: DatasetRegistered) -> str:
    """The name of a table, with the first digits of its id."""
    return f"{dataset.name} {dataset.dataset[:8]}"


@cache
def possible() -> Mapping[str, tuple[str, ...]]:
    """By heading, everything that there is to be had under it."""
    every = grammar().values()
    return {
        "source": SOURCES,
        "dataset class": tuple(one.name for one in (*CLASSES, NOTHING)),
        "operator": tuple(grammar()),
        "family": tuple(dict.fromkeys(one.family for one in every)),
        "axis": tuple(dict.fromkeys(axis for one in every for axis in _axes(one.name))),
        "decision": tuple(dict.fromkeys(_decisions().values())),
        "branch": tuple(f"{name}: {way}" for name, ways in decisions().items() for way in ways),
        "template": tuple(one.name for one in TEMPLATES),
    }


@cache
def decisions() -> Mapping[str, tuple[str, ...]]:
    """Every decision that there is, with the ways that it may go; two opposites are one."""
    found: dict[str, tuple[str, ...]] = {}
    for one in grammar().values():
        if one.branches:
            found[one.name] = tuple(one.branches)
        elif one.opposite:
            found.setdefault(_pair(one), tuple(sorted((one.name, one.opposite))))
    return found


@cache
def _decisions() -> Mapping[str, str]:
    """By operator that decides, the decision."""
    deciding = (one for one in grammar().values() if one.branches or one.opposite)
    return {one.name: one.name if one.branches else _pair(one) for one in deciding}


def _pair(one: type[Operator]) -> str:
    return " or ".join(sorted((one.name, one.opposite)))


def _axes(name: str) -> tuple[str, ...]:
    if name not in grammar():
        return ()
    declared = grammar()[name]
    return (*(axis.name for axis in declared.axes), *((REFERENCE,) if declared.refers else ()))
