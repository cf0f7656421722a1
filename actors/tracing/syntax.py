"""Statements of Python code as syntax: equal whatever their layout, and the names that they change.

Code is compared as `ast.unparse` prints it: layout, comments and redundant parentheses are gone, the
inside of string literals is kept. So `x = 1` is never found in `x = 10`, in a comment or in a string.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_COLLECTION = ("append", "appendleft", "extend", "extendleft", "insert", "remove", "clear", "update", "add")
_ORDER_AND_SETS = ("sort", "reverse", "rotate", "discard", "difference_update", "intersection_update", "fill")
QUIET_METHODS = frozenset([*_COLLECTION, *_ORDER_AND_SETS, "symmetric_difference_update"])
"""Methods that change their object in place; as the whole of an expression statement."""
_FITTING = ("fit", "partial_fit", "fit_transform", "fit_predict")
LOUD_METHODS = frozenset([*_FITTING, "pop", "popleft", "popitem", "setdefault"])
"""Methods that change their object in place and also return something of use; anywhere."""
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_PLACES = ast.Attribute | ast.Subscript | ast.Starred


class UnreadableCodeError(ValueError):
    """The text is not Python that can be parsed; the message says why."""


@dataclass(frozen=True)
class Statement:
    """One statement of a cell."""

    source: str
    """The statement as `ast.unparse` prints it."""
    nested: bool
    """Whether it stands inside another statement of the cell."""
    node: ast.stmt
    """Its syntax tree; never changed."""


@lru_cache(maxsize=512)
def statements(code: str) -> tuple[Statement, ...]:
    """All statements of a cell in document order, those inside other statements included.

    Raises:
        UnreadableCodeError: the code does not parse.
    """
    return tuple(_statements(_parsed(code).body, nested=False))


@lru_cache(maxsize=512)
def claimed(code_line: str) -> tuple[Statement, ...]:
    """The whole statements, one or more, that a hook's `code_line` names; its indentation aside.

    Raises:
        UnreadableCodeError: it does not parse, or holds no statement.
    """
    text = code_line.lstrip("\r\n")
    # A nested statement may be quoted as it stands; `dedent` would reach into its strings.
    body = _indented(text) if text[:1].isspace() else _parsed(text).body
    if not body:
        message = "it holds no statement"
        raise UnreadableCodeError(message)
    return tuple(Statement(_printed(node), nested=False, node=node) for node in body)


@lru_cache(maxsize=4096)
def normal(source: str) -> str:
    """The one spelling of this code, whoever printed it.

    Raises:
        UnreadableCodeError: it does not parse.
    """
    return "\n".join(_printed(node) for node in _parsed(source).body)


def changes(node: ast.AST) -> frozenset[str]:
    """The names that running this code binds, unbinds or changes in place.

    Loops and branches change what their bodies change; a function or class binds only its own name.
    """
    return frozenset(name for part in scope_of(node) for name in (*_bound(part), *_changed_in_place(part)))


def rebinds(node: ast.AST) -> frozenset[str]:
    """The names that running this code binds anew or unbinds, those changed in place left out."""
    return frozenset(name for part in scope_of(node) for name in _bound(part))


def root(node: ast.expr) -> str | None:
    """The variable at the bottom of `name.attribute[index]`; None when there is none."""
    while isinstance(node, _PLACES):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def in_place(node: ast.AST) -> ast.Call | None:
    """The method call by which this one node changes its object; None when it does no such thing."""
    if isinstance(node, ast.Expr) and _is_method(node.value, QUIET_METHODS):
        node = node.value
    elif not _is_method(node, LOUD_METHODS) and not _says_in_place(node):
        return None
    return node if isinstance(node, ast.Call) else None


def scope_of(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it that run in the same scope; loop variables of comprehensions are not."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for field, value in ast.iter_fields(node):
        if field == "target" and _binds_nothing_here(node):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from scope_of(child)


def _statements(body: list[ast.stmt], *, nested: bool) -> Iterator[Statement]:
    for node in body:
        yield Statement(_printed(node), nested, node)
        for inner in _blocks(node):
            yield from _statements(inner, nested=True)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of statements directly inside a statement, also those of its handlers and cases."""
    for _, value in ast.iter_fields(node):
        if not isinstance(value, list) or not value:
            continue
        if isinstance(value[0], ast.stmt):
            yield value
        elif isinstance(value[0], ast.ExceptHandler | ast.match_case):
            for part in value:
                yield part.body


def _parsed(code: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in somebody's string is not our concern
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"it does not parse: {getattr(error, 'msg', None) or error or type(error).__name__}"
        raise UnreadableCodeError(message) from error


def _indented(text: str) -> list[ast.stmt]:
    """The statements of one indented block; a line that leaves the block makes it unreadable."""
    module = _parsed("if True:\n" + text).body
    if len(module) != 1 or not isinstance(module[0], ast.If) or module[0].orelse:
        message = "it does not parse: its indentation falls below that of its first line"
        raise UnreadableCodeError(message)
    return module[0].body


def _printed(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except RecursionError as error:
        message = "it is nested too deeply to be printed"
        raise UnreadableCodeError(message) from error


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name


def _changed_in_place(node: ast.AST) -> Iterator[str]:
    place: ast.expr | None = None
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        place = node
    elif (call := in_place(node)) is not None:
        place = call.func
    if place is not None and (name := root(place)) is not None:
        yield name


def _binds_nothing_here(node: ast.AST) -> bool:
    """Whether its `target` is a comprehension's own variable, or an annotation without a value."""
    return isinstance(node, ast.comprehension) or (isinstance(node, ast.AnnAssign) and node.value is None)


def _is_method(node: ast.AST, names: frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def _says_in_place(node: ast.AST) -> bool:
    """`inplace=True`, as pandas spells it."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and any(
            word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value is True
            for word in node.keywords
        )
    )
