"""What a session tells of its cells, whatever its code did to it, in a process of ours."""

import resource
import threading
from collections.abc import Iterator

import pytest

from actors.workers.sandbox import confine
from actors.workers.sandbox.rehearsal import _kept, _overrun, _Unlimited
from actors.workers.sandbox.runner import Runner
from events.frames import Limits, RunCell
from events.trace import CellResult


class Session:
    """A runner, and its cells in turn."""

    def __init__(self) -> None:
        self.runner = Runner(Limits(cell_seconds=2), (), _Unlimited(), _overrun)
        self._number = -1

    def run(self, code: str) -> CellResult:
        self._number += 1
        return self.runner.run(RunCell(number=self._number, code=code))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr("builtins.__tracegate_ran__", None, raising=False)
    with _kept():
        yield Session()


def test_what_a_thread_does_between_two_cells_comes_with_the_next(session: Session) -> None:
    may = threading.Event()
    session.runner.namespace["may"] = may
    begun = session.run(
        "import threading\ndef work():\n    may.wait()\n    x = 6 * 7\n    hook(x, 'x = 6 * 7', name='x')\n"
        "    submit(x)\n    print('computed')\nthread = threading.Thread(target=work)\nthread.start()"
    )
    may.set()
    thread: threading.Thread = session.runner.namespace["thread"]
    thread.join()
    first, second = session.run("1"), session.run("submit(0)\n2")
    assert (begun.hooks, begun.submission, begun.error) == ((), None, None)
    assert (first.stdout, [hook.name for hook in first.hooks]) == ("computed\n", ["x"])
    assert first.submission is not None
    assert first.submission.answer == 42
    assert "x = 6 * 7" in [run.source for run in first.statements if run.nested]
    assert (second.hooks, second.submission) == ((), None)
    assert [run.source for run in second.statements] == ["submit(0)", "2"]


LIES = "raise ValueError('asked')"
HOSTILE = {
    "its class": f"    @property\n    def __class__(self): {LIES}",
    "its traceback": f"    @property\n    def __traceback__(self): {LIES}",
    "every name": "    def __getattribute__(self, name): raise SystemExit(name)",
    "its text": "    def __str__(self): raise SystemExit",
    "a text of its own": "    def __str__(self): return Text('x')",
}
TEXT = """
class Text(str):
    def encode(self, *_): return 5
    def __str__(self): return self
    def __len__(self): return -3
    def __getitem__(self, _): return 7
    def __eq__(self, _): raise SystemExit
    __hash__ = str.__hash__
"""


@pytest.mark.parametrize("base", ["Exception", "SyntaxError", "BaseException"])
@pytest.mark.parametrize("name", HOSTILE)
def test_an_exception_that_lies_about_itself_is_told_and_the_state_is_kept(
    session: Session, name: str, base: str
) -> None:
    session.run(f"kept = 41{TEXT}class Odd({base}):\n{HOSTILE[name]}")
    told = session.run("def f():\n    raise Odd('what')\nf()")
    assert told.error is not None
    assert told.error.kind == "Odd"
    assert told.error.frames == ("cell 1, line 3", "cell 1, line 2, in f")
    assert type(told.error.message) is str
    assert session.run("kept + 1").display == "42"


@pytest.mark.parametrize(
    "code",
    [
        "Odd.__name__ = Text('Odd')\nraise Odd",
        "f.__code__ = f.__code__.replace(co_name=Text('f'), co_filename=Text('<cell 0>'))\nf()",
        "error = SyntaxError('x', (7, 10**5000, -1, 't'))\nerror.msg = Text('x')\nraise error",
        "class Shown:\n    def __repr__(self): return Text('x')\nShown()",
        "hook(1, Text('x = 1'), Text('x'), [Text('y')])",
    ],
)
def test_a_text_of_a_class_of_its_own_is_told_as_a_plain_one(session: Session, code: str) -> None:
    session.run(f"kept = 41{TEXT}class Odd(Exception): pass\ndef f(): raise Odd")
    told = session.run(code)
    report = told.error
    texts = [told.display or "", *((report.kind, report.message, *report.frames) if report else ())]
    texts += [text for hook in told.hooks for text in (hook.name, hook.code_line, *hook.depends_on)]
    assert {type(text) for text in texts} == {str}
    assert session.run("kept + 1").display == "42"


def test_a_text_that_is_never_made_is_interrupted_and_the_state_is_kept(session: Session) -> None:
    session.run(
        "import os, signal\nkept = 41\nclass Odd(Exception):\n    def __str__(self):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n        while True: pass"
    )
    told = session.run("raise Odd")
    assert told.error is not None
    assert told.error.kind == "Odd"
    assert session.run("kept + 1").display == "42"


REPLACED = """
import ast, codecs, gc, inspect, linecache, resource, signal, sys, time, warnings
for module, names in {
    ast: ['parse', 'copy_location', 'fix_missing_locations', '_Unparser'],
    codecs: ['getincrementaldecoder'],
    gc: ['collect'],
    inspect: ['CO_OPTIMIZED'],
    linecache: ['cache'],
    resource: ['setrlimit', 'getrlimit'],
    signal: ['pthread_sigmask', 'SIG_BLOCK', 'SIGUSR1'],
    sys: ['_getframe'],
    time: ['perf_counter'],
    warnings: ['catch_warnings', 'simplefilter'],
}.items():
    for name in names:
        kept[module, name] = getattr(module, name)
        setattr(module, name, None)
kept[ast, 'unparse'] = ast.unparse
ast.unparse = lambda _: 'another = 1'
"""


def test_what_a_cell_puts_in_the_place_of_a_function_changes_no_record(session: Session) -> None:
    kept: dict[tuple[object, str], object] = {}
    session.runner.namespace["kept"] = kept
    try:
        session.run(REPLACED)
        told = session.run("if True:\n    mean = 999\nprint('é')\nmean")
        failed = session.run("raise MemoryError")
    finally:
        for (module, name), function in kept.items():
            setattr(module, name, function)
    assert (told.error, told.stdout, told.display) == (None, "é\n", "999")
    assert [run.source for run in told.statements] == [
        "mean = 999",
        "if True:\n    mean = 999",
        "print('é')",
        "mean",
    ]
    assert failed.error is not None
    assert failed.error.frames == ("cell 2, line 1",)


def test_its_memory_is_limited_whatever_a_cell_puts_in_the_place_of_a_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, tuple[int, int]]] = []
    monkeypatch.setattr(confine, "setrlimit", lambda which, limit: asked.append((which, limit)))
    monkeypatch.setattr(confine, "getrlimit", lambda _: (2000, 2000))
    monkeypatch.setattr(confine, "_limit", lambda *_: None)
    monkeypatch.setattr(resource, "setrlimit", None)
    monkeypatch.setattr(resource, "getrlimit", None)
    limit = confine.MemoryLimit(1000)
    limit.tighten()
    limit.relax()
    assert asked == [(resource.RLIMIT_AS, (1000, 2000)), (resource.RLIMIT_AS, (2000, 2000))]
