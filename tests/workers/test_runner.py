"""What a session tells of its cells, whatever its code did to it, in a process of ours."""

import threading
from collections.abc import Iterator

import pytest

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
