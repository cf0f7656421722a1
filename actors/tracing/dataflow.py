"""The flow of data through the statements that were executed, from the table and from hook to hook.

The cells are followed in order as syntax, without running them: what flows into each variable is a set
of labels, `TABLE` and the hooks whose statements bound it. Assignment replaces, in-place change adds,
branches that ran are followed, loops until nothing new flows, calls of own functions into their bodies.
Where it cannot know it takes more to have flowed, never less: re-execution on perturbed tables is the
judge of what moves. Tricks such as `len(df) * 0 + 5` are left to it.
"""

import ast
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from actors.tracing.expressions import Expressions
from actors.tracing.flow import TABLE, Flow, Function, Scopes, Variable
from actors.tracing.reads import names_read
from actors.tracing.syntax import Statement, rebinds, statements

EdgeKind = Literal["data", "control"]
VISITS = 20_000
"""Statements followed at most; past that nothing more is found, so nothing more is credited."""
DEPTH = 16
"""Calls followed inside calls at most."""


@dataclass(frozen=True)
class ExecutedCell:
    """A cell and the statements of it, or of functions it called, that ran without error."""

    code: str
    """The cell's code; it parses."""
    ran: frozenset[str]
    """Sources as `ast.unparse` prints them."""


@dataclass(frozen=True)
class Claim:
    """What a hook says: these statements made this name what it is."""

    cell: int
    """Index of the cell that raised the hook; later cells do not count."""
    name: str
    """The variable."""
    sources: frozenset[str]
    """The statements as `ast.unparse` prints them."""


@dataclass(frozen=True)
class Dataflow:
    """What has flowed into each hook."""

    hooks: tuple[Flow, ...]
    """By index of the hook."""

    def edge(self, hook: int, dependency: int) -> EdgeKind | None:
        """How one hook depends on another, both by index; None when no flow was found."""
        if dependency in self.hooks[hook].data:
            return "data"
        return "control" if dependency in self.hooks[hook].control else None

    def reaches_table(self, hook: int) -> bool:
        """Whether data flows from the table into the hook."""
        return TABLE in self.hooks[hook].data


def dataflow(cells: Sequence[ExecutedCell], claims: Sequence[Claim]) -> Dataflow:
    """The flow into each claim, through what was executed up to its cell."""
    return _dataflow(tuple(cells), tuple(claims))


@lru_cache(maxsize=128)
def _dataflow(cells: tuple[ExecutedCell, ...], claims: tuple[Claim, ...]) -> Dataflow:
    """Traces of the same cells have one flow in common."""
    walk = _Walk(claims)
    with suppress(RecursionError):  # code nested as deep as that gets no more credit, like code too long
        for number, cell in enumerate(cells):
            walk.follow(number, cell)
    return Dataflow(tuple(walk.found.get(hook, (0, Flow()))[1] for hook in range(len(claims))))


class _Walk:
    """Follows cells in order; what it finds lies in `found`: hook to (cell, flow)."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.found: dict[int, tuple[int, Flow]] = {}
        self._claims = claims
        self._by_source: dict[str, list[int]] = defaultdict(list)
        for hook, claim in enumerate(claims):
            for source in claim.sources:
                self._by_source[source].append(hook)
        self._scopes = Scopes()
        self._expressions = Expressions(self._scopes, self._call)
        self._statements: dict[int, Statement] = {}  # by id of the node, which it keeps alive
        self._ran: frozenset[str] = frozenset()
        self._cell = 0
        self._visits = 0
        self._loops = 0
        self._entered: list[Function] = []

    def follow(self, number: int, cell: ExecutedCell) -> None:
        written = statements(cell.code)
        self._cell, self._ran = number, cell.ran
        self._statements |= {id(statement.node): statement for statement in written}
        self._block([statement.node for statement in written if not statement.nested], Flow())

    def _block(self, nodes: Sequence[ast.stmt], control: Flow) -> None:
        for node in nodes:
            self._visits += 1
            if self._visits <= VISITS:
                self._statement(node, control)

    def _statement(self, node: ast.stmt, control: Flow) -> None:
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                self._branches([body, orelse], control | self._expressions.read(test, control).as_control())
            case ast.For(body=body, orelse=orelse) | ast.AsyncFor(body=body, orelse=orelse):
                self._loop(node, body, control)
                self._block(orelse, control)
            case ast.While(body=body, orelse=orelse):
                self._loop(node, body, control)
                self._block(orelse, control)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    self._expressions.put(
                        item.optional_vars, self._expressions.read(item.context_expr, control) | control
                    )
                self._block(body, control)
            case ast.Try() | ast.TryStar():
                handled = [inner for handler in node.handlers for inner in handler.body]
                self._block([*node.body, *handled, *node.orelse, *node.finalbody], control)
            case ast.Match():
                self._match(node, control)
            case _ if self._did_run(node):
                self._simple(node, control)
        if self._did_run(node):
            self._note(node)

    def _did_run(self, node: ast.stmt) -> bool:
        """By the record; inside functions, whose notes may lie in other cells, everything counts."""
        return self._scopes.inside_function or self._statements[id(node)].source in self._ran

    def _note(self, node: ast.stmt) -> None:
        """Record what flowed into the hooks that claim this statement, and label their variables."""
        for hook in self._by_source.get(self._statements[id(node)].source, ()):
            claim = self._claims[hook]
            variable = self._scopes.find(claim.name)
            if variable is None or claim.cell < self._cell:
                continue
            cell, earlier = self.found.get(hook, (self._cell, Flow()))
            self.found[hook] = (self._cell, variable.flow | earlier if cell == self._cell else variable.flow)
            self._scopes.mix(claim.name, Flow(frozenset({hook})))

    def _branches(self, blocks: Sequence[Sequence[ast.stmt]], control: Flow) -> None:
        """Follow each branch that ran from the same state; in a loop none may have run."""
        before = self._scopes.snapshot()
        repeated = self._loops > 0 or self._scopes.inside_function
        after = [before] if repeated else []
        for block in blocks:
            if repeated or any(self._any_ran(node) for node in block):
                self._scopes.restore(before)
                self._block(block, control)
                after.append(self._scopes.snapshot())
        self._scopes.restore(*(after or [before]))

    def _any_ran(self, node: ast.stmt) -> bool:
        return any(
            self._statements[id(part)].source in self._ran
            for part in ast.walk(node)
            if isinstance(part, ast.stmt)
        )

    def _loop(
        self, node: ast.For | ast.AsyncFor | ast.While, body: Sequence[ast.stmt], control: Flow
    ) -> None:
        """Follow the body until nothing new flows; the state before counts, as it may run no time."""
        self._loops += 1
        while True:
            before = self._scopes.snapshot()
            drawn = self._expressions.read(node.test if isinstance(node, ast.While) else node.iter, control)
            if not isinstance(node, ast.While):
                self._expressions.put(node.target, drawn | control)
            self._block(body, control | drawn.as_control())
            self._scopes.restore(before, self._scopes.snapshot())
            if self._visits > VISITS or self._scopes.snapshot() == before:
                break
        self._loops -= 1

    def _match(self, node: ast.Match, control: Flow) -> None:
        subject = self._expressions.read(node.subject, control)
        inner = control | subject.as_control()
        for case in node.cases:
            for name in rebinds(case.pattern):
                self._scopes.bind(name, Variable(subject | control))
            if case.guard is not None:
                inner |= self._expressions.read(case.guard, control).as_control()
        self._branches([case.body for case in node.cases], inner)

    def _simple(self, node: ast.stmt, control: Flow) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                self._assign([pair for target in targets for pair in _pairs(target, value)], control)
            case ast.AnnAssign(target=place, value=ast.expr() as value):
                self._assign([(place, value)], control)
            case ast.AugAssign(target=place):
                self._expressions.mix(place, self._expressions.read(node, control) | control)
            case ast.Delete(targets=targets):
                for name in (target.id for target in targets if isinstance(target, ast.Name)):
                    self._scopes.unbind(name)
            case ast.Return():
                self._expressions.returns(self._expressions.read(node, control) | control)
            case _:
                self._define(node, control)

    def _define(self, node: ast.stmt, control: Flow) -> None:
        """Statements that make a name without assigning to it; all others only evaluate something."""
        match node:
            case ast.Import() | ast.ImportFrom():
                for name in rebinds(node):
                    self._scopes.bind(name, Variable(module=True))
            case ast.FunctionDef(name=name, args=args) | ast.AsyncFunctionDef(name=name, args=args):
                flow = self._expressions.read(args, control) | control
                self._scopes.bind(name, Variable(flow, function=node))
            case ast.ClassDef(name=name):
                self._scopes.bind(name, Variable(control, free=names_read(node)))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self._scopes.declare_outer(names)
            case ast.Expr(value=value):
                self._expressions.drop(value, self._expressions.read(node, control) | control)
            case _:
                self._expressions.read(node, control)

    def _assign(self, pairs: Sequence[tuple[ast.expr, ast.expr]], control: Flow) -> None:
        """All values are read before any name is bound, so that `a, b = b, a` swaps."""
        flows = [self._expressions.read(value, control) | control for _, value in pairs]
        for (target, _), flow in zip(pairs, flows, strict=True):
            self._expressions.put(target, flow)

    def _call(self, function: Function, arguments: Flow, control: Flow) -> Flow:
        """Follow the body of an own function; a recursive call, or one too deep, adds nothing."""
        if function in self._entered or len(self._entered) >= DEPTH:
            return Flow()
        self._entered.append(function)
        self._expressions.enter(function, arguments)
        self._block(function.body, control)
        self._entered.pop()
        return self._expressions.leave()


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """`a, b = c, d` binds a to c and b to d; other shapes bind everything to everything."""
    if (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(part, ast.Starred) for part in [*target.elts, *value.elts])
    ):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]
