import os
import resource
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import actors
from actors.workers.sandbox import waiting
from actors.workers.sandbox.absent import ABSENT
from actors.workers.sandbox.framing import FrameReader, pack, unpack
from actors.workers.sandbox.supervisor import Supervisor
from events.dataset import ReaderSettings
from events.frames import Exit, Frame, Limits, Load, New, Opened, Ping, Pong, Ready, Result, RunCell

ROOT = Path(actors.__file__).parents[1]
ENTRY = ("-m", "actors.workers.sandbox")
LIGHT = ("-m", "tests.workers.light")
WITHOUT_WALLS = (
    "-c",
    "from tests.workers.light import service as one; one.missing = lambda _: 'none is wanted'; one.main()",
)
READER = ReaderSettings(encoding="utf-8", delimiter=",", header=0, missing=())


class Program:
    """The program inside the wall, spoken to by hand."""

    def __init__(
        self, folder: Path, *arguments: str, entry: Sequence[str] = LIGHT, path: Sequence[Path] = (ROOT,)
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", *entry, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                "PYTHONPATH": os.pathsep.join(map(str, path)),
                "PATH": os.environ["PATH"],
                "TMPDIR": str(folder),
            },
        )
        self._reader = FrameReader()
        self._heard: list[Frame] = []

    def say(self, session: int, frame: Frame) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(pack(session, frame))
        self.process.stdin.flush()

    def hear(self) -> Frame:
        assert self.process.stdout is not None
        while not self._heard:
            data = os.read(self.process.stdout.fileno(), 65536)
            assert data, "the program hung up"
            self._heard = [unpack(raw) for raw in self._reader.feed(data)]
        return self._heard.pop(0)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


@contextmanager
def serving(started: Program) -> Iterator[Program]:
    assert isinstance(started.hear(), Ready)
    started.say(0, Load(dataset="d", reader=READER, chunk=b"a,b\n1,2\n3,4\n", last=True))
    started.hear()
    yield started
    started.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    with serving(Program(tmp_path)) as started:
        yield started


@pytest.fixture
def open_program(tmp_path: Path) -> Iterator[Program]:
    """One whose sessions have no walls, as on a system that has none."""
    with serving(Program(tmp_path, entry=WITHOUT_WALLS)) as started:
        yield started


@pytest.fixture
def own_process() -> Iterator[None]:
    """Undoes what a supervisor does to the process it runs in."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    handlers = {
        number: signal.getsignal(number)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def opened(program: Program, session: int) -> None:
    program.say(session, New(dataset="d", limits=Limits()))
    assert program.hear() == Opened()


def pid_of(program: Program, session: int) -> int:
    program.say(session, RunCell(number=0, code="import os\nos.getpid()"))
    result = program.hear()
    assert isinstance(result, Result)
    return int(result.result.display or "0")


def ends(pid: int) -> None:
    """Wait for a process that is not ours to end."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        assert selector.select(10)
    os.close(handle)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_a_service_does_not_end_the_work_that_it_waits_for(
    program: Program, number: signal.Signals
) -> None:
    opened(program, 1)
    pid = pid_of(program, 1)
    os.kill(program.process.pid, number)
    os.kill(pid, number)
    assert pid_of(program, 1) == pid
    program.close()
    assert program.process.returncode == 0
    ends(pid)


def test_what_an_engine_stops_ends(tmp_path: Path) -> None:
    started = Program(tmp_path, "--patience", "60")
    assert isinstance(started.hear(), Ready)
    started.process.terminate()
    assert started.process.wait(10) == 0
    started.close()


def kept_busy(program: Program, session: int, folder: Path) -> None:
    """Have a session run for ever; it does when this is over."""
    code = f"open('on-{session}', 'w').close()\nwhile True: pass"
    program.say(session, RunCell(number=1, code=code))
    while not list(folder.rglob(f"on-{session}")):
        os.sched_yield()


def test_sessions_and_their_folders_end_with_the_channel(program: Program, tmp_path: Path) -> None:
    opened(program, 1)
    pid = pid_of(program, 1)
    program.say(1, RunCell(number=1, code="open('file', 'w').write('x')\nwhile True: pass"))
    program.close()
    ends(pid)
    assert program.process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_the_supervisor_has_one_thread(tmp_path: Path) -> None:
    """Whatever the libraries start that are loaded."""
    with serving(Program(tmp_path, entry=ENTRY)) as program:
        assert len(list(Path(f"/proc/{program.process.pid}/task").iterdir())) == 1


def test_what_a_session_started_ends_with_it(open_program: Program) -> None:
    opened(open_program, 1)
    open_program.say(1, RunCell(number=0, code="import subprocess\nsubprocess.Popen(['sleep', '60']).pid"))
    result = open_program.hear()
    assert isinstance(result, Result)
    open_program.say(1, RunCell(number=1, code="import os\nos._exit(0)"))
    assert isinstance(open_program.hear(), Exit)
    ends(int(result.result.display or "0"))


def ended_by(program: Program, code: str, limits: Limits) -> Exit:
    program.say(1, New(dataset="d", limits=limits))
    assert program.hear() == Opened()
    program.say(1, RunCell(number=0, code=code))
    end = program.hear()
    assert isinstance(end, Exit)
    return end


@pytest.mark.full
def test_a_session_that_heeds_no_signal_is_killed_at_its_limit_of_cpu_time(program: Program) -> None:
    code = "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    end = ended_by(program, code, Limits(cell_seconds=60.0, cpu_seconds=1)).end
    assert (end.reason, end.detail[:18]) == ("cpu_limit", "killed by signal 9")
    assert end.cpu_seconds >= 1.0


def test_without_a_wall_a_session_that_kills_itself_has_crashed(open_program: Program) -> None:
    end = ended_by(open_program, "import os\nos.kill(os.getpid(), 9)", Limits()).end
    assert end.reason == "crashed"
    assert "without a wall nobody can tell" in end.detail


def test_behind_a_wall_a_session_starts_nothing(program: Program) -> None:
    opened(program, 1)
    for number, code in enumerate(("import subprocess\nsubprocess.Popen(['true'])", "import os\nos.fork()")):
        program.say(1, RunCell(number=number, code=code))
        result = program.hear()
        assert isinstance(result, Result)
        assert result.result.error is not None
        assert result.result.error.kind == "PermissionError"


def test_while_the_host_does_not_read_each_session_is_held_by_one_frame_and_nothing_is_lost(
    program: Program,
) -> None:
    sessions, size = range(1, 5), 1_000_000
    for session in sessions:
        program.say(session, New(dataset="d", limits=Limits(output_chars=size)))
        assert program.hear() == Opened()
    for session in sessions:
        program.say(session, RunCell(number=0, code=f"print('x' * {size - 1})"))
    for number in range(500):
        program.say(0, Ping(number=number))
    heard = [program.hear() for _ in range(len(sessions) + 500)]
    assert [frame.number for frame in heard if isinstance(frame, Pong)] == list(range(500))
    results = [frame.result for frame in heard if isinstance(frame, Result)]
    assert [result.error for result in results] == [None] * len(sessions)
    assert {len(result.stdout) for result in results} == {size}
    held = Path(f"/proc/{program.process.pid}/statm").read_text()
    assert int(held.split()[1]) * 4096 < 400 * 1024**2


def test_a_session_without_a_table_is_refused_and_the_next_one_served(program: Program) -> None:
    program.say(1, New(dataset="nope", limits=Limits()))
    refused = program.hear()
    assert isinstance(refused, Opened)
    assert "nope" in refused.problem
    assert isinstance(program.hear(), Exit)
    opened(program, 2)


def test_a_host_that_does_not_ping_is_taken_for_dead(tmp_path: Path) -> None:
    program = Program(tmp_path, "--patience", "0.1")
    program.hear()
    assert program.process.wait(10) == 0
    program.close()


def test_what_pandas_would_compute_with_is_absent_though_it_is_installed(tmp_path: Path) -> None:
    """What is installed here under their names would end whatever imports it."""
    installed = tmp_path / "installed"
    installed.mkdir()
    for package in ABSENT:
        (installed / f"{package}.py").write_text("import os\nos._exit(7)")
    with serving(Program(tmp_path, entry=ENTRY, path=(ROOT, installed))) as program:
        opened(program, 1)
        code = f"from importlib.util import find_spec\n[find_spec(one) for one in {ABSENT}], df['a'].sum()"
        program.say(1, RunCell(number=0, code=code))
        result = program.hear()
    assert isinstance(result, Result)
    assert result.result.display == "([None, None, None], np.int64(4))"


@pytest.mark.usefixtures("own_process")
def test_a_supervisor_that_cannot_fork_loses_that_session_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_fork)
    monkeypatch.setattr(waiting, "ROOM_SECONDS", -1.0)
    inlet, host_out = os.pipe()
    host_in, outlet = os.pipe()
    os.write(host_out, pack(5, New(dataset="d", limits=Limits())))
    os.close(host_out)
    Supervisor(inlet, outlet, tmp_path).serve(Ready(fingerprint="", environment={}))
    frames = [(raw.session, unpack(raw)) for raw in FrameReader().feed(os.read(host_in, 65536))]
    for descriptor in (inlet, host_in, outlet):
        os.close(descriptor)
    ready, (session, lost) = frames
    assert ready[0] == 0
    assert session == 5
    assert isinstance(lost, Exit)
    assert lost.end.reason == "lost"
