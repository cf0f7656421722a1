"""What a cell's result must hold by the code that was said, as far as syntax tells.

Statements of the top level run one after the other, up to the first that fails. Where `hook` and `submit` are
called in statements of their own alone, each of these that ran made one hook, or gave the answer:

    hook(m, "m = df['a'].mean()", name="m")        one hook, of this name
    for c in columns: hook(...)                    any number, and functions may raise more in later cells

From the first cell on in which they may be called in another way (inside something, under another name, by
text), nothing is said of them.
"""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from actors.tracing.syntax import UnreadableCodeError, normal, statements
from events.trace import CellResult, FaultKind, HookRaised, StatementRun

_SHOWN = 80
"""Characters of a statement that are told."""
_BY_TEXT = ("exec", "eval", "compile", "globals", "locals", "vars", "setattr", "delattr", "__import__", "*")
_INSIDES = ("__main__", "__dict__", "__globals__", "__builtins__", "f_globals", "f_locals", "builtins")
_MODULES = ("importlib", "runpy", "sys", "inspect", "gc", "ctypes")
_ROUNDABOUT = frozenset([*_BY_TEXT, *_INSIDES, *_MODULES])
"""Names by which a function can be had, or put into another's place, without its own name being read."""


class Fault(NamedTuple):
    """Something that does not fit, and in which cell."""

    kind: FaultKind
    told: str
    cell: int | None = None


class Cell(NamedTuple):
    """The code that was said, and what came back for it."""

    code: str
    result: CellResult

    @property
    def top(self) -> list[StatementRun]:
        """The statements of the top level that are reported."""
        return [one for one in self.result.statements if not one.nested]

    @property
    def stopped(self) -> bool:
        """Whether something kept it from its end."""
        return self.result.error is not None or self.result.end is not None


class _Calls(NamedTuple):
    """The calls of a function that are statements of their own, by their place in the top level."""

    by_place: dict[int, ast.Call]
    are_all: bool


def written(code: str) -> list[tuple[str, bool]]:
    """The statements of a cell and whether they are nested; none of what does not parse."""
    try:
        return [(statement.source, statement.nested) for statement in statements(code)]
    except UnreadableCodeError:
        return []


def spelled(source: str) -> str:
    """A reported statement as `written` spells it."""
    try:
        return normal(source)
    except UnreadableCodeError:
        return source


def unreported(cells: Sequence[Cell]) -> Iterator[Fault]:
    """Statements of the top level that ran, for others did behind them or the cell came to its end."""
    for cell in cells:
        number, told = cell.result.number, cell.top
        due = [source for source, nested in written(cell.code) if not nested]
        for source, one in zip(due, told, strict=False):
            if spelled(one.source) != source:
                what = f"{one.source[:_SHOWN]!r} in the place of {source[:_SHOWN]!r}"
                yield Fault("missing", f"cell {number} reports {what}", number)
                break
        if not cell.stopped and len(told) < len(due):
            what = f"{len(told)} of its {len(due)} statements"
            yield Fault("missing", f"cell {number} ended without an error, but reports {what}", number)
        if any(one.error for one in (told[:-1] if cell.stopped else told)):
            yield Fault("edited", f"cell {number} reports a failed statement, but went on behind it", number)


def unraised(cells: Sequence[Cell]) -> Iterator[Fault]:
    """Hooks that are not those of the statements that ran."""
    for cell in cells:
        calls = _calls(cell.code, "hook")
        if not calls.are_all:
            return
        ran, begun = _ran(cell, calls)
        raised = cell.result.hooks
        if begun is not None and len(raised) > len(ran):
            ran.append(begun)  # it was stopped when its hook had been raised
        if (kind := _misfit(ran, raised)) is not None:
            number = cell.result.number
            told = ", ".join(repr(hook.name) for hook in raised) or "none"
            due = ", ".join(repr(_text(call, "name", 2) or "?") for call in ran) or "none"
            yield Fault(
                kind, f"cell {number} reports the hooks {told}, but its statements raise {due}", number
            )


def unsubmitted(cells: Sequence[Cell]) -> Iterator[Fault]:
    """An answer that no statement gave, or none where one did."""
    given = False
    for cell in cells:
        calls = _calls(cell.code, "submit")
        if not calls.are_all:
            return
        ran, begun = _ran(cell, calls)
        number, answered = cell.result.number, cell.result.submission is not None
        is_unseen = cell.stopped and not cell.top and calls.by_place  # as of a record that was too long
        if answered and not ran and begun is None and not is_unseen:
            yield Fault("foreign", f"cell {number} reports an answer, but no `submit` ran in it", number)
        if ran and not answered and not given:
            yield Fault("missing", f"cell {number} ran `submit`, but reports no answer", number)
        if not answered and _may_have_run_unseen(cell, calls):
            return
        given = given or answered


def _ran(cell: Cell, calls: _Calls) -> tuple[list[ast.Call], ast.Call | None]:
    """The calls whose statements are reported to have run, and the one that a stop may have come behind."""
    fine = next((place for place, one in enumerate(cell.top) if one.error), len(cell.top))
    ran = [call for place, call in calls.by_place.items() if place < fine]
    return ran, calls.by_place.get(fine) if cell.stopped else None


def _may_have_run_unseen(cell: Cell, calls: _Calls) -> bool:
    """Whether a call may have come to its end though its statement is not reported as one that did."""
    failed = next((place for place, one in enumerate(cell.top) if one.error), None)
    if failed is not None:
        return failed in calls.by_place
    return cell.stopped and any(place >= len(cell.top) for place in calls.by_place)


def _misfit(
    ran: Sequence[ast.Call], raised: Sequence[HookRaised]
) -> Literal["missing", "doubled", "foreign", "reordered", "edited"] | None:
    """How the hooks differ from those of these calls."""
    if len(raised) < len(ran):
        return "missing"
    if len(raised) > len(ran):
        return "foreign" if all(one not in raised[:at] for at, one in enumerate(raised)) else "doubled"
    if all(map(_fits, ran, raised)):
        return None
    elsewhere = [hook for call in ran for hook in raised if _fits(call, hook)]
    return "reordered" if len({*map(id, elsewhere)}) == len(raised) else "edited"


def _fits(call: ast.Call, hook: HookRaised) -> bool:
    """Whether a hook has the texts that its call holds as literals."""
    name, line = _text(call, "name", 2), _text(call, "code_line", 1)
    return name in (None, hook.name) and line in (None, hook.code_line)


def _text(call: ast.Call, keyword: str, place: int) -> str | None:
    """A literal text among the arguments, as a session spells it; None where there is none to be seen."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    named = [one.value for one in call.keywords if one.arg == keyword]
    match [*named, *call.args[place : place + 1]]:
        case [ast.Constant(value=str(text))]:
            return text.encode("utf-8", "backslashreplace").decode()
    return None


@lru_cache(maxsize=512)
def _calls(code: str, function: str) -> _Calls:
    """The calls of a function in a cell; what does not parse runs nothing."""
    try:
        top = [statement.node for statement in statements(code) if not statement.nested]
    except UnreadableCodeError:
        return _Calls({}, are_all=True)
    by_place = {place: call for place, node in enumerate(top) if (call := _call(node, function)) is not None}
    names = [name for node in top for part in ast.walk(node) for name in _names(part, function)]
    return _Calls(by_place, names.count(function) == len(by_place) and not _ROUNDABOUT.intersection(names))


def _call(node: ast.stmt, function: str) -> ast.Call | None:
    """The call that a statement is."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if name == function:
            return call
    return None


def _names(node: ast.AST, function: str) -> Iterator[str]:
    """The names that a node itself reads, binds or passes on; a text that holds the function's is one."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (function in node.value or "__main__" in node.value):
            yield "*"
        return
    for _, value in ast.iter_fields(node):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                yield from one.split(".")
