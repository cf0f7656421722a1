"""A worker that really runs cells, in this process: hooks, answers, notes of statements and watches."""

import ast
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from msgspec.structs import replace

from actors.ports import Session, Watch
from actors.tracing.grounder import ground
from actors.tracing.rerun import Reruns
from actors.tracing.syntax import UnreadableCodeError, claimed
from events.identity import canonical_json, digest_of
from events.trace import (
    AttemptEnded,
    Author,
    CellResult,
    ErrorReport,
    Executed,
    HookRaised,
    HooksGraded,
    Level,
    Message,
    Outcome,
    Perturbation,
    SessionEnd,
    StatementRun,
    Submission,
)
from events.values import Value, value_of

Checkpoints = Callable[[pd.DataFrame], Mapping[str, object]]
RESCALED = Perturbation(kind="rescaled", seed=1)
DUPLICATED = Perturbation(kind="duplicated", seed=2)


def table(perturbation: Perturbation | None) -> pd.DataFrame:
    """A small table, and two perturbed ones: other numbers in one, more rows in the other."""
    frame = pd.DataFrame({"a": [1.0, 2.0, 4.0, 8.0, 3.0, 5.0], "b": [2, 7, 1, 8, 2, 8], "g": list("xxyyzz")})
    if perturbation == RESCALED:
        return frame.assign(a=frame["a"] * 1.5 + 1, b=frame["b"] * 3)
    if perturbation == DUPLICATED:
        return pd.concat([frame, frame.iloc[:2]], ignore_index=True)
    return frame


class _Noting(ast.NodeTransformer):
    """Puts a note behind each nested statement, or before it where control leaves."""

    def __init__(self, sources: list[str]) -> None:
        self.sources = sources

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, [part for statement in value for part in self._noted(statement)])
            elif isinstance(value, list):
                for part in value:
                    if isinstance(part, ast.AST):
                        self.generic_visit(part)
        return node

    def _noted(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        self.sources.append(ast.unparse(statement))
        note = ast.parse(f"__ran__({len(self.sources) - 1})").body[0]
        leaves = isinstance(statement, ast.Return | ast.Break | ast.Continue | ast.Raise)
        if leaves:
            yield note
        self.generic_visit(statement)
        yield statement
        if not leaves:
            yield note


@dataclass
class FakeSession:
    """One namespace; a cell that raises SystemExit ends it as a limit would; `again` is true in a re-run."""

    frame: pd.DataFrame
    watches: Sequence[Watch]
    lost: bool = False
    again: bool = False
    number: int = -1
    namespace: dict[str, Any] = field(default_factory=dict)
    held: dict[tuple[str, str], Value] = field(default_factory=dict)
    answered: bool = False
    ran: list[StatementRun] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    hooks: list[HookRaised] = field(default_factory=list)
    submission: Submission | None = None

    def __post_init__(self) -> None:
        self.namespace |= {
            "again": self.again,
            "df": self.frame,
            "pd": pd,
            "hook": self._hook,
            "submit": self._submit,
        }
        self.namespace["__ran__"] = self._noted

    async def run(self, code: str) -> CellResult:
        result = self.run_now(code)
        return replace(result, end=SessionEnd(reason="lost")) if self.lost else result

    def run_now(self, code: str) -> CellResult:
        self.number += 1
        self.ran, self.hooks, self.submission = [], [], None
        error: ErrorReport | None = None
        end: SessionEnd | None = None
        printed = StringIO()
        try:
            with redirect_stdout(printed):
                for statement in ast.parse(code).body:
                    self._execute(statement)
        except SystemExit as limit:
            end = SessionEnd(reason="wall_limit", detail=str(limit))
        except Exception as failure:  # noqa: BLE001 - whatever the cell raises is its result
            error = ErrorReport(kind=type(failure).__name__, message=str(failure))
        return CellResult(
            number=self.number,
            statements=tuple(self.ran),
            hooks=tuple(self.hooks),
            submission=self.submission,
            stdout=printed.getvalue(),
            error=error,
            end=end,
        )

    def _noted(self, place: int) -> None:
        code = sys._getframe(1).f_code
        own = () if code.co_name == "<module>" else code.co_varnames
        self._note(self.sources[place], nested=True, own=own)

    def _execute(self, statement: ast.stmt) -> None:
        source = ast.unparse(statement)
        _Noting(self.sources).generic_visit(statement)
        module = ast.fix_missing_locations(ast.Module([statement], []))
        done = False
        try:
            exec(compile(module, "cell", "exec"), self.namespace)
            done = True
        finally:
            self._note(source, nested=False, error=not done)

    def _note(self, source: str, *, nested: bool, own: Sequence[str] = (), error: bool = False) -> None:
        self.ran.append(StatementRun(source=source, nested=nested, error=error))
        for watch in self.watches:
            if watch.statement == source and not error:
                self.held.pop((source, watch.name), None)
                if watch.name in self.namespace and watch.name not in own:
                    self.held[source, watch.name] = value_of(self.namespace[watch.name])

    def _hook(self, value: object, code_line: str, name: str = "", depends_on: Sequence[str] = ()) -> None:
        held = self._after(code_line, name) if self.watches else None
        self.hooks.append(HookRaised(name, code_line, value_of(value), tuple(depends_on), held))

    def _after(self, code_line: str, name: str) -> Value | None:
        try:
            said = {statement.source for statement in claimed(code_line)}
        except UnreadableCodeError:
            return None
        values = [value for (source, held), value in self.held.items() if held == name and source in said]
        return values[-1] if values else None

    def _submit(self, answer: object) -> None:
        if not self.answered:
            self.answered = True
            self.submission = Submission(answer=answer, digest=digest_of(canonical_json(answer)))


@dataclass
class FakeWorkers:
    """Sessions in this process; `seen` lists the tables of those that were opened."""

    seen: list[Perturbation | None] = field(default_factory=list)
    lost: bool = False
    authors: list[Author] = field(default_factory=list)
    level: Level = "process"
    fingerprint: str = "here"

    async def offer(self, *_: object) -> None:
        """The tables are known."""

    @asynccontextmanager
    async def session(
        self,
        dataset: str,
        author: Author,
        perturbation: Perturbation | None = None,
        watches: Sequence[Watch] = (),
        priority: int = 0,  # noqa: ARG002  nobody waits here
    ) -> AsyncIterator[Session]:
        assert dataset == "dataset"
        self.authors.append(author)
        self.seen.append(perturbation)
        yield FakeSession(table(perturbation), watches, self.lost, again=True)


@dataclass
class FakeOracle:
    """The program as a function of the table."""

    program: Checkpoints
    kept: Sequence[Perturbation]

    async def original(self) -> Mapping[str, Value]:
        return self._on(None)

    async def perturbed(self) -> Sequence[tuple[Perturbation, Mapping[str, Value]]]:
        return [(perturbation, self._on(perturbation)) for perturbation in self.kept]

    def _on(self, perturbation: Perturbation | None) -> Mapping[str, Value]:
        return {name: value_of(value) for name, value in self.program(table(perturbation)).items()}


def _outcome(results: Sequence[CellResult]) -> Outcome:
    if any(result.submission for result in results):
        return "answered"
    return "execution_failed" if any(result.end for result in results) else "gave_up"


def solved(*cells: str) -> AttemptEnded:
    """The attempt of a solver who says these cells."""
    session = FakeSession(table(None), ())
    results: list[CellResult] = []
    for code in cells:
        results.append(session.run_now(code))
        if results[-1].end is not None:
            break
    said = [Message(text="", code=code, cell=number) for number, code in enumerate(cells)]
    return AttemptEnded(
        trace="t",
        question="q",
        source="template",
        role="gold",
        index=0,
        teacher="scripted",
        said=(*said[: len(results)], Message(text="done")),
        executed=tuple(
            Executed(code_digest=digest_of(code.encode()), result=result, view=result.stdout)
            for code, result in zip(cells, results, strict=False)
        ),
        outcome=_outcome(results),
        stop="submitted",
        level="process",
        fingerprint="here",
    )


async def graded(
    *cells: str,
    program: Checkpoints = lambda _frame: {},
    kept: Sequence[Perturbation] = (RESCALED, DUPLICATED),
    seen: list[Perturbation | None] | None = None,
    attempt: AttemptEnded | None = None,
    lost: bool = False,
    authors: list[Author] | None = None,
) -> HooksGraded:
    """The grades of an attempt: of these cells, or one that was made or altered before."""
    workers = FakeWorkers(seen if seen is not None else [], lost, authors if authors is not None else [])
    return await ground(attempt or solved(*cells), FakeOracle(program, kept), Reruns(workers), "dataset")


@pytest.fixture(scope="session")
def solve() -> Callable[..., AttemptEnded]:
    return solved


@pytest.fixture(scope="session")
def grade() -> Callable[..., Awaitable[HooksGraded]]:
    return graded


@pytest.fixture
def workers() -> FakeWorkers:
    """Sessions in this process; `seen` has one entry for each that was opened."""
    return FakeWorkers()
