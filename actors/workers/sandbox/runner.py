"""Runs one cell after the other in one namespace, statement by statement, and tells what happened.

What it uses of the standard library it has by a name of its own: in its module a cell may put anything in the
place of a function.
"""

import __future__

import ast
import linecache
import signal
import sys
import types
from collections.abc import Callable
from gc import collect
from signal import SIGUSR1
from time import perf_counter
from typing import Any, NoReturn
from warnings import catch_warnings, simplefilter

from actors.workers.sandbox.confine import MemoryLimit
from actors.workers.sandbox.faults import clean, filename, interrupted, report_of, timed_out, untold
from actors.workers.sandbox.grammar import parse, unparse
from actors.workers.sandbox.hooks import Hooks
from actors.workers.sandbox.instrument import instrument
from actors.workers.sandbox.output import INTERRUPTS, Capture, Meter, text_stream
from actors.workers.sandbox.record import Record
from events.frames import Limits, RunCell, Watch
from events.trace import CellResult, ErrorReport

_SOURCES = linecache.cache


class Runner:
    """The inside of a session: its namespace, its streams, and the cell that runs now.

    Args:
        limits: what the session may use.
        watches: what is to be remembered for hooks.
        memory: the limit that holds while cells run.
        overrun: called with what ran so far when a cell prints more than it may; does not return.
    """

    def __init__(
        self,
        limits: Limits,
        watches: tuple[Watch, ...],
        memory: MemoryLimit,
        overrun: Callable[[CellResult], NoReturn],
    ) -> None:
        # Pickle, dataclasses and typing look a class's module up by its name; user code is `__main__`.
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.namespace: dict[str, Any] = module.__dict__
        self._limits = limits
        self._memory = memory
        self._overrun = overrun
        self._record = Record(self.namespace, watches)
        self._meter = Meter(limits.output_bytes_total, self._stop)
        self._out = Capture(limits.output_chars, self._meter)
        self._err = Capture(limits.output_chars, self._meter)
        self._streams = (text_stream(self._out), text_stream(self._err))
        self._hooks = Hooks(self._record, self._streams[1].write)
        self._futures = 0
        self._may_interrupt = False
        self._interrupted: int | None = None
        self._number = 0
        self._started = 0.0
        self.namespace.update(hook=self._hooks.hook, submit=self._hooks.submit)
        for number in INTERRUPTS:
            signal.signal(number, self._interrupt)

    def run(self, cell: RunCell) -> CellResult:
        """Run a cell; whatever it raises is part of the result."""
        self._start(cell.number)
        displays: list[str] = []
        self._memory.tighten()
        error = self._guarded(lambda: self._execute(cell.code, displays))
        self._memory.relax()
        report = None if error is None else self._told(error)
        # The traceback holds the frames, and these hold what filled the memory.
        error = None
        if report is not None and report.kind == "MemoryError":
            collect()
        return self._result(displays[0] if displays else None, report)

    def _guarded(self, step: Callable[[], None]) -> BaseException | None:
        """Do what runs user code, with interrupts allowed: at most one a cell, so none can escape."""
        try:
            try:
                self._may_interrupt = self._interrupted is None
                step()
            finally:
                self._may_interrupt = False
        except BaseException as error:  # noqa: BLE001  whatever user code raises is the cell's outcome
            return error
        return None

    def _execute(self, code: str, displays: list[str]) -> None:
        file = filename(self._number)
        _SOURCES[file] = (len(code), None, code.splitlines(keepends=True), file)
        tree = parse(code, file)
        if len(tree.body) > 1:
            self._check(tree, file)
        for position, statement in enumerate(tree.body, start=1):
            if position == len(tree.body) and isinstance(statement, ast.Expr):
                displays += self._evaluate(statement, file)
            else:
                self._run_statement(statement, file)

    def _check(self, tree: ast.Module, file: str) -> None:
        """Find what a whole cell cannot be, before its first statement runs."""
        with catch_warnings():
            simplefilter("ignore")  # each statement warns when it is compiled itself
            compile(tree, file, "exec", self._futures, dont_inherit=True)

    def _run_statement(self, statement: ast.stmt, file: str) -> None:
        text = unparse(statement)
        instrument(statement, self._record.number)
        module = ast.Module(body=[statement], type_ignores=[])
        self._note_futures(statement)
        code = compile(module, file, "exec", self._futures, dont_inherit=True)
        self._timed(text, code)

    def _evaluate(self, statement: ast.Expr, file: str) -> list[str]:
        """Run the last expression; its `repr` is the display unless its value is None."""
        expression = ast.Expression(body=statement.value)
        code = compile(expression, file, "eval", self._futures, dont_inherit=True)
        value = self._timed(unparse(statement), code)
        return [] if value is None else [self._shown(value)]

    def _timed(self, text: str, code: types.CodeType) -> Any:
        started = perf_counter()
        is_done = False
        try:
            value = eval(code, self.namespace)  # noqa: S307  running this code is what the wall is for
            is_done = True
            return value
        finally:
            self._record.ended(text, perf_counter() - started, error=not is_done)

    def _note_futures(self, statement: ast.stmt) -> None:
        """A `from __future__` import holds for the rest of the session, as in a notebook."""
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                self._futures |= getattr(feature, "compiler_flag", 0)

    def _shown(self, value: object) -> str:
        text = clean(repr(value))
        keep = self._limits.output_chars
        return text if len(text) <= keep else f"{text[:keep]}… ({len(text) - keep} more characters)"

    def _start(self, number: int) -> None:
        self._number = number
        self._interrupted = None
        self._meter.start()
        sys.stdout, sys.stderr = self._streams
        self._started = perf_counter()

    def _told(self, error: BaseException) -> ErrorReport:
        """The report of an error, whose text is made by user code."""
        reports: list[ErrorReport] = []
        self._guarded(lambda: reports.append(self._report(error)))
        return reports[0] if reports else untold(error)

    def _report(self, error: BaseException) -> ErrorReport:
        if self._interrupted == SIGUSR1:
            return interrupted(error)
        if self._interrupted is not None:
            return timed_out(error, self._limits.cell_seconds)
        return report_of(error)

    def _result(self, display: str | None, report: ErrorReport | None) -> CellResult:
        out, err = self._out.take(), self._err.take()
        # A thread may go on: hooks are taken before the statements by which they are judged.
        submission, hooks = self._hooks.take_submission(), self._hooks.take_raised()
        return CellResult(
            number=self._number,
            statements=self._record.take(),
            display=display,
            stdout=out.text,
            stdout_cut=out.cut,
            stderr=err.text,
            stderr_cut=err.cut,
            hooks=hooks,
            submission=submission,
            error=report,
            seconds=perf_counter() - self._started,
            stdout_whole=out.whole,
            stderr_whole=err.whole,
        )

    def _interrupt(self, number: int, _frame: types.FrameType | None) -> None:
        if self._may_interrupt:
            self._may_interrupt = False
            self._interrupted = number
            raise KeyboardInterrupt

    def _stop(self) -> None:
        self._overrun(self._result(None, None))
