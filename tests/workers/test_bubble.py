"""Where bubblewrap can be had a local worker is in it; where it cannot, it is not, and why is told."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import anyio
import anyio.lowlevel
import pytest
from structlog.testing import capture_logs

from actors.workers import bubble, local
from actors.workers.bubble import LEFT_OUT, NEEDS_BUBBLEWRAP, NEEDS_NAMESPACES, NEEDS_USER, around, why_not
from actors.workers.link import WorkerGone
from actors.workers.local import LocalBackend, LocalLink
from actors.workers.sandbox.version import PROGRAM, ROOT
from actors.workers.sandbox.visible import WRITABLE, shown

ORDINARY = 1000
TOLD = 4321
PASSES_ON = f"""#!/bin/sh
while [ "$1" != -- ]; do [ "$1" = --info-fd ] && info=$2; shift; done; shift
[ -z "$info" ] || echo '{{"child-pid": {TOLD}}}' >/proc/self/fd/$info
exec "$@"
"""
REFUSES = "#!/bin/sh\necho started >>{log}\necho 'bwrap: {words}' >&2\nexit 1\n"


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was tried is tried again, and later too."""
    monkeypatch.delenv(LEFT_OUT, raising=False)
    bubble._tried.cache_clear()
    yield
    bubble._tried.cache_clear()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, for an ordinary user."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bubble, "os", SimpleNamespace(**{**vars(os), "geteuid": lambda: ORDINARY}))
    return tmp_path


def install(machine: Path, script: str) -> None:
    (machine / "bwrap").write_text(script)
    (machine / "bwrap").chmod(0o755)


def test_root_is_told_why_it_has_none_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubble, "os", SimpleNamespace(**{**vars(os), "geteuid": lambda: 0}))
    why, remedy = why_not()
    assert "not used as root" in why
    assert remedy == NEEDS_USER


def test_it_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LEFT_OUT, "0")
    assert LEFT_OUT in why_not()[0]


def test_where_there_is_none_it_is_said_how_to_get_it(machine: Path) -> None:
    assert list(machine.iterdir()) == []
    assert why_not() == ("there is no bubblewrap (bwrap)", NEEDS_BUBBLEWRAP)


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("setting up uid map: Permission denied", NEEDS_NAMESPACES),
        ("Unknown option --size", NEEDS_BUBBLEWRAP),
    ],
)
def test_what_it_says_where_it_fails_is_the_reason_and_it_is_tried_once(
    machine: Path, words: str, remedy: str
) -> None:
    log = machine / "log"
    install(machine, REFUSES.format(log=log, words=words))
    assert why_not() == why_not() == (f"bubblewrap does not work here: bwrap: {words}", remedy)
    assert log.read_text() == "started\n"


def test_one_in_which_no_wall_can_be_raised_is_not_used(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(machine, PASSES_ON)
    monkeypatch.setattr(bubble, "_TRIAL", "import sys; sys.exit('no Landlock in here')")
    assert why_not() == ("bubblewrap does not work here: no Landlock in here", NEEDS_NAMESPACES)


def test_nothing_is_mounted_but_what_is_listed_and_the_program_and_its_interpreter(tmp_path: Path) -> None:
    given = around(tmp_path, ["python"])
    mounted = {Path(given[n + 1]) for n, word in enumerate(given) if word in ("--ro-bind", "--dev-bind")}
    assert not {"--bind", "--bind-try", "--share-net"} & set(given)
    program = {ROOT / (pattern.rpartition("/")[0] if "*" in pattern else pattern) for pattern in PROGRAM}
    listed = {*shown(), *map(Path, WRITABLE), *program, Path("/etc/alternatives"), Path(sys.executable)}
    assert mounted <= {*listed, *(path.resolve() for path in listed), *links(Path(sys.executable))}
    there = [path for path in listed if path.exists() and Path("/proc") not in path.parents]
    assert all(not mounted.isdisjoint({path, *path.parents}) for path in there)
    assert all(mounted.isdisjoint(path.parents) for path in mounted)


def links(path: Path) -> Iterator[Path]:
    while path.is_symlink():
        path = path.parent / path.readlink()
        yield path


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A backend that takes whatever bwrap is on PATH for a good one."""
    monkeypatch.setattr(local, "why_not", lambda: ("", ""))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


async def test_a_worker_in_one_is_known_by_the_number_of_its_own_process(believed: Path) -> None:
    install(believed, PASSES_ON)
    async with LocalBackend().start() as link:
        assert link.worker == str(TOLD)


async def test_after_a_worker_that_ended_in_one_without_a_word_the_next_has_none(believed: Path) -> None:
    log = believed / "log"
    install(believed, REFUSES.format(log=log, words="no space"))
    backend = LocalBackend()
    with capture_logs() as lines:
        async with backend.start() as link:
            await ended(link)
    assert [line["reason"] for line in lines] == ["bwrap: no space"]
    async with backend.start() as link:
        assert not link.is_mute
    assert log.read_text() == "started\n"


async def ended(link: LocalLink) -> None:
    with pytest.raises(WorkerGone):
        await link.receive()
    with anyio.fail_after(10):
        while not link.last_words():
            await anyio.lowlevel.checkpoint()
