"""A cell's syntax with a mark after each nested statement, so that what ran can be told afterwards.

    for row in rows:            for row in rows:
        total += row      ->        total += row
                                    __tracegate_ran__(7)

A statement that leaves its block (return, break, continue, raise) is marked just before it runs. Marks sit
on the line of their statement, in bodies of functions and of compound statements; class bodies, docstrings
and declarations (global, nonlocal) are left as they are. Nothing else changes.
"""

import ast
from collections.abc import Callable

from actors.workers.sandbox.grammar import copy_location, fix_missing_locations, unparse

MARK = "__tracegate_ran__"
"""The builtin that a mark calls with the number of its statement."""

Number = Callable[[str], int]
"""Gives a statement's text its number."""

_LEAVING = (ast.Return, ast.Break, ast.Continue, ast.Raise)
_UNMARKED = (ast.Global, ast.Nonlocal)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = ("body", "orelse", "finalbody")


def instrument(statement: ast.stmt, number: Number) -> None:
    """Insert marks into a statement of the top level, in place; itself it gets none."""
    if isinstance(statement, ast.ClassDef):
        for member in statement.body:
            instrument(member, number)
        return
    for name in _BLOCKS:
        block = getattr(statement, name, None)
        if isinstance(block, list) and block:
            setattr(statement, name, _marked(block, number, is_function=isinstance(statement, _FUNCTIONS)))
    for part in [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
        part.body = _marked(part.body, number, is_function=False)


def _marked(block: list[ast.stmt], number: Number, *, is_function: bool) -> list[ast.stmt]:
    marked: list[ast.stmt] = []
    for position, statement in enumerate(block):
        if (is_function and position == 0 and _is_docstring(statement)) or isinstance(statement, _UNMARKED):
            marked.append(statement)
            continue
        # The text is taken before the inside of the statement gets its own marks.
        mark = _mark(statement, number(unparse(statement)))
        instrument(statement, number)
        marked += [mark, statement] if isinstance(statement, _LEAVING) else [statement, mark]
    return marked


def _mark(statement: ast.stmt, number: int) -> ast.stmt:
    call = ast.Call(func=ast.Name(id=MARK, ctx=ast.Load()), args=[ast.Constant(value=number)], keywords=[])
    mark = copy_location(ast.Expr(value=call), statement)
    fixed: ast.stmt = fix_missing_locations(mark)
    return fixed


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
