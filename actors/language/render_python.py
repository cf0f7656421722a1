"""A program as code: the operators' own plain functions, inlined statement by statement.

An implementation is written once, as a function. Its parameters become the variables and literals of
the step, its local names are kept apart from those of other steps, branches on literals are decided,
and its `return` becomes the assignment of the step's variable.
"""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from actors.language.coded import day_forms
from actors.language.evaluation import Engine
from actors.language.kinds import COLUMN_KINDS, DERIVED
from actors.language.program import TABLE, Program, declaration
from actors.language.sums import SPELLED
from actors.language.term import Bound, Input, Term
from events.question import Step

_IMPORTS = {
    "math": "import math",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "spatial": "from scipy import spatial",
    "datetime": "from datetime import datetime",
    "combinations": "from itertools import combinations",
    "stats": "from scipy import stats",
    "special": "from scipy import special",
}
_ARRAYS = {
    "numbers": "numbers = {name: df[name].to_numpy(dtype=float) for name in df.select_dtypes('number')}",
    "known": "known = {name: df[name].notna().to_numpy() for name in df}",
    "dates": (
        "dates = {name: df[name].map({day: (datetime.strptime(day, form) - datetime(1970, 1, 1)).days"
        " for day in df[name].dropna().unique()}).to_numpy(dtype=float) for name, form in %s.items()}"
    ),
    "alike": (
        "alike = {name: df[name].map({value: code for code, value in enumerate(df[name].dropna().unique())})"
        ".fillna(-1).to_numpy(dtype=int) for name in df}"
    ),
    "levels": "levels = {name: sorted(df[name].dropna().unique().tolist()) for name in %s}",
    "codes": (
        "codes = {name: df[name].map({level: code for code, level in enumerate(levels[name])}).fillna(-1)"
        ".to_numpy(dtype=int) for name in levels}"
    ),
    TABLE: f"{TABLE} = np.arange(len(df))",
}
"""How the second implementation's code makes what it works on; the counterpart of `coded`."""
_HOLDERS = {"column": "known", "date": "dates"}
_CODED = ("category", "text", "numeral")
"""Kinds of parameter whose columns it holds as codes and levels."""


@dataclass(frozen=True)
class StepCode:
    """The statements of one step."""

    step: Step
    statements: tuple[str, ...]
    """Each as `ast.unparse` prints it; the last one binds the step's variable."""

    @property
    def code(self) -> str:
        """The statements, a line or more each."""
        return "\n".join(self.statements)


def render(program: Program, engine: Engine) -> list[StepCode]:
    """The code of every step in order; the dataset is `df`, for `arithmetic` it is `table`."""
    taken = {step.name for step in program.steps} | {"df", "hook", "submit", *_ARRAYS}
    return [_render_step(program, step, engine, taken) for step in program.steps]


def arrays_for(program: Program, codes: list[StepCode]) -> list[str]:
    """The statements that make what the second implementation's code works on, as far as it does."""
    used = _names("\n".join(code.code for code in codes))
    if "codes" in used or "levels" in used:
        used |= {"codes", "levels"}
    coded = {
        str(value)
        for node in program.terms.values()
        for name, value in node.parameters
        if node.declared.parameters[name] in _CODED and not isinstance(value, Term)
    }
    made = _ARRAYS | {
        "levels": _ARRAYS["levels"] % repr(sorted(coded)),
        "dates": _ARRAYS["dates"] % repr(day_forms(program.columns)),
    }
    return [code for name, code in made.items() if name in used]


def _names(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def imports_for(statements: Iterable[str]) -> list[str]:
    """The imports that the code needs."""
    used = _names("\n".join(statements))
    return [statement for name, statement in _IMPORTS.items() if name in used]


def _render_step(program: Program, step: Step, engine: Engine, taken: set[str]) -> StepCode:
    declared = declaration(step)
    function = _parsed(getattr(declared, engine))
    arguments: dict[str, ast.expr] = {
        parameter: ast.Name(id=_table(name, engine))
        for parameter, name in zip(declared.inputs, step.inputs, strict=False)
    }
    arguments |= {name: _literal(value) for name, value in program.bound(step).items()}
    arguments |= _columns(program, step, engine)
    inliner = _Inliner(step.name, arguments, _renamed(function, arguments, taken))
    body = inliner.inline(function)
    if engine == "arithmetic" and declared.result in DERIVED:
        body = _spread(body, step.name, declared.result, _place(program, step, engine))
    body = [ast.fix_missing_locations(node) for node in body]
    return StepCode(step, tuple(ast.unparse(node) for node in body))


def _table(name: str, engine: Engine) -> str:
    return name if name != TABLE or engine == "arithmetic" else "df"


def _place(program: Program, step: Step, engine: Engine) -> str:
    """The variable that holds the records at hand."""
    rows = program.terms[step.name].rows()
    names = {term: name for name, term in program.terms.items()}
    return _table(names[rows] if isinstance(rows, Term) else TABLE, engine)


def _spread(body: list[ast.stmt], name: str, kind: str, place: str) -> list[ast.stmt]:
    """A column's values for some records as a whole column; the counterpart of `coded.spread`."""
    if place == TABLE:
        return body
    *before, last = body
    assert isinstance(last, ast.Assign)
    found = ast.unparse(last.value)
    if kind == "category":
        code = (
            f"{name}_here = {found}\n"
            f"{name} = (np.full(len(df), -1), {name}_here[1])\n"
            f"{name}[0][{place}] = {name}_here[0]"
        )
    else:
        code = f"{name}_here = {found}\n{name} = np.full(len(df), np.nan)\n{name}[{place}] = {name}_here"
    return [*before, *ast.parse(code).body]


def _columns(program: Program, step: Step, engine: Engine) -> dict[str, ast.expr]:
    """What stands in code for each parameter that is a column: its values for the records at hand."""
    node = program.terms[step.name]
    names = {term: name for name, term in program.terms.items()}
    rows = node.rows()
    place = _place(program, step, engine)
    found: dict[str, ast.expr] = {}
    for name, kind in node.declared.parameters.items():
        if kind in COLUMN_KINDS:
            value = dict(node.parameters)[name]
            form = day_forms(program.columns).get(str(value)) if kind in ("date", "order") else None
            if engine == "idiom":
                code = _series(value, names, rows, place, form)
            else:
                code = _array(value, names, "date" if form else kind, place)
            found[name] = ast.parse(code, mode="eval").body
    return found


def _series(value: Bound, names: Mapping[Term, str], rows: Input, place: str, form: str | None) -> str:
    if not isinstance(value, Term):
        spelled = f"{place}[{value!r}]"
        return f"pd.to_datetime({spelled}, format={form!r})" if form else spelled
    return names[value] if value.rows() == rows else f"{names[value]}.loc[{place}.index]"


def _array(value: Bound, names: Mapping[Term, str], kind: str, place: str) -> str:
    at = "" if place == TABLE else f"[{place}]"
    if kind in _CODED:
        codes, levels = (
            (f"{names[value]}[0]", f"{names[value]}[1]")
            if isinstance(value, Term)
            else (f"codes[{value!r}]", f"levels[{value!r}]")
        )
        return f"({codes}{at}, {levels})"
    if isinstance(value, Term):
        return f"{names[value]}{at}"
    return f"{_HOLDERS.get(kind, 'numbers')}[{value!r}]{at}"


@lru_cache(maxsize=256)
def _parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    """The function's definition as syntax."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(f"{function} is not a plain function")
    return definition


def _literal(value: Any) -> ast.expr:
    return ast.parse(repr(list(value) if isinstance(value, tuple) else value), mode="eval").body


def _renamed(function: ast.FunctionDef, arguments: Mapping[str, Any], taken: set[str]) -> dict[str, str]:
    """New names for the function's local variables that are taken already; they are then taken too."""
    passing = {
        node.id
        for part in ast.walk(function)
        if isinstance(part, ast.comprehension)
        for node in ast.walk(part.target)
        if isinstance(node, ast.Name)
    }
    bound = [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in passing
    ]
    renamed: dict[str, str] = {}
    for name in dict.fromkeys(bound):
        if name not in arguments and name != "_":
            fresh, number = name, 2
            while fresh in taken:
                fresh, number = f"{name}_{number}", number + 1
            renamed[name] = fresh
            taken.add(fresh)
    return renamed


class _Inliner(ast.NodeTransformer):
    """Substitutes arguments and local names, and decides what depends on literals alone."""

    def __init__(self, target: str, arguments: Mapping[str, ast.expr], renamed: Mapping[str, str]) -> None:
        self.target = target
        self.arguments = arguments
        self.renamed = renamed

    def inline(self, function: ast.FunctionDef) -> list[ast.stmt]:
        """The function's statements as statements of the step."""
        module = ast.Module(body=copy.deepcopy(function.body), type_ignores=[])
        visited: ast.Module = self.visit(module)
        return visited.body

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """An argument becomes its value, a local name its new one, a function of ours what a person calls."""
        if node.id in self.arguments:
            return self.arguments[node.id]
        name = ast.Name(id=self.renamed.get(node.id, node.id), ctx=node.ctx)
        return ast.parse(SPELLED[node.id], mode="eval").body if node.id in SPELLED else name

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        """What is returned becomes the step's variable."""
        value: ast.expr = self.visit(node.value) if node.value else ast.Constant(value=None)
        return ast.Assign(targets=[ast.Name(id=self.target, ctx=ast.Store())], value=value, lineno=0)

    def visit_If(self, node: ast.If) -> Any:
        """A branch on a literal is decided here."""
        self.generic_visit(node)
        decided = _decided(node.test)
        if decided is None:
            return node
        return node.body if decided else node.orelse

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """A choice by a literal is decided here."""
        self.generic_visit(node)
        decided = _decided(node.test)
        if decided is None:
            return node
        return node.body if decided else node.orelse

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """`True and x` is x; `False and x` is False."""
        self.generic_visit(node)
        if isinstance(node.op, ast.And):
            if any(_decided(value) is False for value in node.values):
                return ast.Constant(value=False)
            left = [value for value in node.values if _decided(value) is None]
            return left[0] if len(left) == 1 else ast.BoolOp(op=node.op, values=left)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """`not True` is False."""
        self.generic_visit(node)
        decided = _decided(node.operand)
        if isinstance(node.op, ast.Not) and decided is not None:
            return ast.Constant(value=not decided)
        return node


def _decided(test: ast.expr) -> bool | None:
    """The truth of a test on literals; None when it depends on more."""
    if isinstance(test, ast.Constant) and isinstance(test.value, bool):
        return test.value
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Constant):
        right = test.comparators[0]
        if isinstance(right, ast.Constant) and isinstance(test.ops[0], ast.Eq | ast.NotEq):
            return bool(test.left.value == right.value) is isinstance(test.ops[0], ast.Eq)
    return None
