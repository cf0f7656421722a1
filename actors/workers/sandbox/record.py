"""Which statements of a cell ran, and what the watched names held after them."""

import ast
import builtins
from collections.abc import Callable, Iterable, Mapping
from inspect import CO_OPTIMIZED
from sys import _getframe
from typing import Any

from actors.workers.sandbox.faults import clean
from actors.workers.sandbox.grammar import parse, unparse
from actors.workers.sandbox.instrument import MARK
from events.frames import Watch
from events.trace import StatementRun
from events.values import Value, value_of


class Record:
    """Notes statements as they end; numbers and texts last for the session, notes until they are taken."""

    def __init__(self, namespace: Mapping[str, Any], watches: Iterable[Watch]) -> None:
        self._texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._nested: dict[int, None] = {}
        self._runs: list[StatementRun] = []
        self._collected = 0
        self._held = Held(namespace, watches)
        setattr(builtins, MARK, self._marker())

    def number(self, text: str) -> int:
        """The number of a statement's text, the same whenever it occurs."""
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(clean(text))
        return self._numbers[text]

    def ended(self, text: str, seconds: float, *, error: bool) -> None:
        """A statement of the top level ended."""
        self._collect_nested()
        self._runs.append(StatementRun(source=clean(text), error=error, seconds=seconds))
        if not error:
            self._held.remember(clean(text))

    def take(self) -> tuple[StatementRun, ...]:
        """What ran since the last time, in order of ending; a nested statement once."""
        self._collect_nested()
        for number in list(self._nested)[: self._collected]:
            del self._nested[number]
        self._collected = 0
        runs, self._runs = self._runs, []
        return tuple(runs)

    def held(self, name: str, code_line: str) -> Value | None:
        """What `name` held after the statement of `code_line` that ran last, if that is watched."""
        return self._held.after(name, code_line)

    def _collect_nested(self) -> None:
        fresh = list(self._nested)[self._collected :]
        self._runs += [StatementRun(source=self._texts[number], nested=True) for number in fresh]
        self._collected += len(fresh)

    def _marker(self) -> Callable[[int], object]:
        """What marks call. Without watches it is a method of dict: a loop pays next to nothing."""
        if not self._held:
            return self._nested.setdefault
        return self._note_and_remember

    def _note_and_remember(self, number: int) -> None:
        self._nested.setdefault(number)
        self._held.remember(self._texts[number], _getframe(1).f_code)


class Held:
    """Values of watched names at the last execution of their statements, the latest of them last."""

    def __init__(self, namespace: Mapping[str, Any], watches: Iterable[Watch]) -> None:
        self._namespace = namespace
        self._names: dict[str, list[str]] = {}
        for watch in watches:
            self._names.setdefault(watch.statement, []).append(watch.name)
        self._values: dict[tuple[str, str], Value] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def remember(self, statement: str, code: Any = None) -> None:
        """The statement ran; `code` is the code object it stands in, None at the top level."""
        for name in self._names.get(statement, ()):
            self._values.pop((statement, name), None)
            if name in self._namespace and not _is_local(name, code):
                self._keep(statement, name)

    def after(self, name: str, code_line: str) -> Value | None:
        """The value of `name` after the statement of `code_line` that ran last."""
        if not self._names:
            return None
        said = _statements(code_line)
        for (statement, watched), value in reversed(self._values.items()):
            if watched == name and statement in said:
                return value
        return None

    def _keep(self, statement: str, name: str) -> None:
        try:
            self._values[statement, name] = value_of(self._namespace[name])
        except Exception:  # noqa: BLE001  a value that cannot be digested is not held; the cell must not notice
            return


def _is_local(name: str, code: Any) -> bool:
    """Whether in this code the name is a function's own variable, which the namespace does not show."""
    if code is None or not code.co_flags & CO_OPTIMIZED:
        return False
    return name in code.co_varnames or name in code.co_cellvars or name in code.co_freevars


def _statements(code_line: str) -> set[str]:
    """The statements of a code line; those of a block may be quoted with its indentation, as they stand."""
    text = code_line.lstrip("\r\n")
    try:
        body = parse(f"if True:\n{text}" if text[:1].isspace() else text).body
        if text[:1].isspace():
            body = [inner for block in body if isinstance(block, ast.If) for inner in block.body]
        return {unparse(statement) for statement in body}
    except (SyntaxError, ValueError, RecursionError):
        return set()
