"""Two panels of careless solvers: how hard a question is shows in who gets it right all the same.

A member changes a program as somebody would who reads hastily, and answers by what came of it. The first
panel is what difficulty is fitted to, the second, which shares no member with it, what it is reported on.
A member that has nothing to change in a program, or whose change makes no
difference to what the answer is made of, made no mistake and has no say about it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from actors.language.contract import reaches
from actors.language.evaluation import Undefined
from actors.language.kinds import COLUMN_KINDS
from actors.language.meaning import meaning
from actors.language.operator import Columns, grammar
from actors.language.program import plain
from actors.language.subject import Subject
from actors.language.templates.template import categories, measures
from actors.language.term import TABLE, Input, Term, chain, over_all_records, parts
from events.answers import Answer, AnswerContract, problem

FEWEST = 3
"""So many members at least must have a say, or else nothing is known of a question's difficulty."""

Program = Mapping[str, Term]
Change = Callable[[Term, Columns], Input]
"""From a term to what a careless solver has in its place; the term itself where nothing is changed."""


@dataclass(frozen=True)
class Member:
    """One careless solver."""

    name: str
    change: Change
    """How a term is changed; applied to every term, the innermost first."""


def solved(
    answer: Program, subject: Subject, contract: AnswerContract, gold: Answer, panel: tuple[Member, ...]
) -> dict[str, bool]:
    """Which members that have a say get it right.

    Args:
        answer: the program.
        subject: the table.
        contract: by which an answer is right.
        gold: the right one.
        panel: the members asked.
    """
    found: dict[str, bool] = {}
    for member in panel:
        changed = {field: _changed(node, member.change, subject.columns) for field, node in answer.items()}
        if changed != dict(answer) and meaning(changed, subject, resamples=0) != meaning(
            answer, subject, resamples=0
        ):
            found[member.name] = _is_right(changed, subject, contract, gold)
    return found


def _is_right(changed: Mapping[str, Input], subject: Subject, contract: AnswerContract, gold: Answer) -> bool:
    try:
        given = {field: plain(subject.arithmetic.value(node)) for field, node in changed.items()}
    except Undefined:
        return False
    return problem(contract, given) is None and reaches(contract, given, gold)


def _changed(node: Term, change: Change, columns: Columns) -> Input:
    """The term as a member has it."""
    rebuilt = node.rebuilt(
        lambda child: _changed(child, change, columns) if isinstance(child, Term) else child
    )
    return change(rebuilt, columns)


def _without(which: Callable[[Term], bool]) -> Change:
    """Leave out the selections that fit."""
    return lambda node, _: node.rows() if node.kind == "table" and which(node) else node


def _first(node: Term) -> bool:
    return node.rows() == TABLE


def _later(node: Term) -> bool:
    return node.rows() != TABLE


def _by_statistic(node: Term) -> bool:
    return node.declared.refers


def _option(axis: str, option: str) -> Change:
    """Take an option of an axis, whatever is said of it."""

    def change(node: Term, _: Columns) -> Input:
        if any(one.name == axis and option in one.options for one in node.declared.axes):
            return node.with_axes(dict(node.axes) | {axis: option})
        return node

    return change


def _instead(node: Term, _: Columns) -> Input:
    """Take the operator that is easily mistaken for the one meant."""
    other = node.declared.mistaken_for
    if other and grammar()[other].parameters.keys() == node.declared.parameters.keys():
        return replace(node, operator=other, axes=())
    return node


def _other_way(node: Term, _: Columns) -> Input:
    """Decide the other way round."""
    return node.contrary() or node


def _column(kind: str, pick: Callable[[list[str]], str]) -> Change:
    """Take one column of a kind for every other."""

    def change(node: Term, columns: Columns) -> Input:
        offered = measures(columns) if kind == "measure" else categories(columns)
        slots = [name for name, one in node.declared.parameters.items() if one == kind]
        if (
            not offered
            or len(slots) != 1
            or kind not in COLUMN_KINDS
            or "level" in node.declared.parameters.values()
        ):
            return node
        bound = dict(node.parameters)
        if isinstance(bound[slots[0]], Term):
            return node
        bound[slots[0]] = pick(offered)
        return replace(node, parameters=tuple(sorted(bound.items(), key=lambda one: one[0])))

    return change


def _underived(node: Term, _: Columns) -> Input:
    """Take the first column that a derived one is made from for the derived one."""
    own = dict(node.parameters)
    for name, value in own.items():
        if isinstance(value, Term):
            inner = [
                one
                for key, one in value.parameters
                if value.declared.parameters[key] == node.declared.parameters[name]
            ]
            if inner:
                own[name] = inner[0]
    return replace(node, parameters=tuple(sorted(own.items(), key=lambda one: one[0])))


def _whole(node: Term, _: Columns) -> Input:
    """Answer for all records."""
    return over_all_records(node) if node.kind != "table" and chain(node.rows()) else node


FITTED = (
    Member("skips the later selections", _without(_later)),
    Member("takes the whole table", _whole),
    Member("divides by n", _option("ddof", "population")),
    Member("takes what is easily mistaken", _instead),
    Member("takes the first measure", _column("measure", lambda offered: offered[0])),
    Member("makes a group of what is missing", _option("missing", "level")),
)
"""The panel that difficulty is fitted to."""
REPORTED = (
    Member("skips the first selection", _without(_first)),
    Member("skips what needs a statistic", _without(_by_statistic)),
    Member("decides the other way", _other_way),
    Member("takes the last measure", _column("measure", lambda offered: offered[-1])),
    Member("takes the first grouping", _column("category", lambda offered: offered[0])),
    Member("derives nothing", _underived),
)
"""The panel that difficulty is reported on."""


def steps(answer: Program) -> int:
    """How many different steps a program has."""
    return len({part for node in answer.values() for part in parts(node)})


def traps(answer: Program, columns: Columns) -> Iterator[str]:
    """The members of the first panel that have something to change."""
    for member in FITTED:
        if any(_changed(node, member.change, columns) != node for node in answer.values()):
            yield member.name
