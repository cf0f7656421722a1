"""What a process may open that has restricted itself: tried on the kernel, in a process of its own."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from actors.workers.sandbox.landlock import LEAST, NoLandlock, abi, restrict

ROOT = Path(__file__).parents[2]
KNOWS_TCP, KNOWS_SCOPES = 4, 6
"""The first ABI with each, as the kernel's documentation has it."""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")

ATTEMPTS = """
import ctypes, json, os, socket, sys
from pathlib import Path
from actors.workers.sandbox.landlock import restrict
shown, own, outside = map(Path, sys.argv[1:4])
port, stream, datagram = int(sys.argv[4]), chr(0) + sys.argv[5], chr(0) + sys.argv[6]
said = {}
def attempt(name, do):
    try:
        do()
    except OSError as error:
        said[name] = error.errno
    else:
        said[name] = 0
def reach(when):
    attempt(f"bind TCP {when}", lambda: socket.socket().bind(("127.0.0.1", 0)))
    attempt(f"connect TCP {when}", lambda: socket.socket().connect(("127.0.0.1", port)))
    attempt(f"connect to an abstract name {when}", lambda: socket.socket(socket.AF_UNIX).connect(stream))
    attempt(f"send to an abstract name {when}", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", datagram))
    attempt(f"signal outside {when}", lambda: os.kill(os.getppid(), 0))
inherited = (outside / "secret").open("rb")
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
reach("before")
restrict([shown, shown / "not there", shown / "one.txt"], [own])
attempt("read what is shown", (shown / "one.txt").read_bytes)
attempt("list what is shown", lambda: os.listdir(shown))
attempt("write own", lambda: (own / "a").write_text("a"))
attempt("read own", (own / "a").read_text)
attempt("cut own", lambda: os.truncate(own / "a", 0))
attempt("rename own", lambda: (own / "a").rename(own / "b"))
attempt("link own", lambda: (own / "c").symlink_to("b"))
attempt("make own folder", (own / "d").mkdir)
attempt("move into own folder", lambda: (own / "b").rename(own / "d" / "b"))
attempt("remove own", (own / "d" / "b").unlink)
attempt("remove own folder", (own / "d").rmdir)
attempt("read a link's end outside", lambda: ((own / "e").symlink_to(outside / "secret"), (own / "e").read_bytes()))
attempt("make a pipe", lambda: os.mkfifo(own / "pipe"))
attempt("write what is shown", lambda: (shown / "one.txt").write_text("other"))
attempt("make beside what is shown", lambda: (shown / "two.txt").write_text("new"))
attempt("remove what is shown", (shown / "one.txt").unlink)
attempt("move what is shown", lambda: (shown / "one.txt").rename(own / "one.txt"))
attempt("link what is shown", lambda: os.link(shown / "one.txt", own / "hard"))
attempt("read outside", (outside / "secret").read_bytes)
attempt("list outside", lambda: os.listdir(outside))
attempt("climb outside", lambda: (own / ".." / "outside" / "secret").read_bytes())
attempt("write outside", lambda: (outside / "new").write_text("new"))
attempt("cut outside", lambda: os.truncate(outside / "secret", 0))
attempt("execute", lambda: os.execv(sys.executable, ["python", "-c", "print('executed')"]))
reach("behind it")
attempt("read an inherited descriptor", inherited.read)
print(json.dumps(said))
"""
ALLOWED = {
    "read what is shown", "list what is shown", "write own", "read own", "cut own", "rename own", "link own",
    "make own folder", "move into own folder", "remove own", "remove own folder", "read an inherited descriptor",
}  # fmt: skip
TCP = {"bind TCP", "connect TCP"}
SCOPED = {"connect to an abstract name", "send to an abstract name", "signal outside"}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    place = tmp_path_factory.mktemp("landlock")
    folders = [place / name for name in ("shown", "own", "outside")]
    for folder in folders:
        folder.mkdir()
    (folders[0] / "one.txt").write_text("one")
    (folders[2] / "secret").write_text("secret")
    stream, datagram = (f"tracegate-test-{os.getpid()}-{kind}" for kind in ("stream", "datagram"))
    with ExitStack() as open_ones:
        tcp, unix, other = (
            open_ones.enter_context(socket.socket(*kind))
            for kind in ((), (socket.AF_UNIX,), (socket.AF_UNIX, socket.SOCK_DGRAM))
        )
        tcp.bind(("127.0.0.1", 0))
        unix.bind(f"\0{stream}")
        other.bind(f"\0{datagram}")
        tcp.listen()
        unix.listen()
        named = (*map(str, folders), str(tcp.getsockname()[1]), stream, datagram)
        command = [sys.executable, "-c", ATTEMPTS, *named]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (folders[2] / "secret").read_text() == "secret"
    assert (folders[0] / "one.txt").read_text() == "one"
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def test_what_is_its_own_and_what_is_shown_serves(said: dict[str, int]) -> None:
    assert {name: number for name, number in said.items() if name in ALLOWED and number} == {}


def test_nothing_else_can_be_opened_changed_or_executed(said: dict[str, int]) -> None:
    assert {name for name, number in said.items() if name not in ALLOWED and not number} <= {
        f"{what} {when}" for what in TCP | SCOPED for when in ("before", "behind it")
    }
    assert len(said) == 35


@pytest.mark.parametrize("what", sorted(TCP | SCOPED))
def test_what_leads_out_without_a_file_is_shut_where_the_kernel_knows_how(
    said: dict[str, int], what: str
) -> None:
    """By Landlock alone: behind a wall the filter refuses most of it as well."""
    assert said[f"{what} before"] == 0
    is_known = abi() >= (KNOWS_TCP if what in TCP else KNOWS_SCOPES)
    assert bool(said[f"{what} behind it"]) is is_known


def test_a_kernel_that_knows_too_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors.workers.sandbox.landlock.abi", lambda: LEAST - 1)
    with pytest.raises(NoLandlock, match="ABI 2, and 3 is needed"):
        restrict([], [])
