"""What a process may open that has restricted itself: tried on the kernel, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from actors.workers.sandbox.landlock import LEAST, SCOPES, NoLandlock, abi, restrict

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")

ATTEMPTS = """
import ctypes, json, os, sys
from pathlib import Path
from actors.workers.sandbox.landlock import restrict
shown, own, outside = map(Path, sys.argv[1:])
said = {}
def attempt(name, do):
    try:
        do()
    except OSError as error:
        said[name] = error.errno
    else:
        said[name] = 0
inherited = (outside / "secret").open("rb")
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
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
attempt("signal outside", lambda: os.kill(os.getppid(), 0))
attempt("read an inherited descriptor", inherited.read)
print(json.dumps(said))
"""
ALLOWED = {
    "read what is shown", "list what is shown", "write own", "read own", "cut own", "rename own", "link own",
    "make own folder", "move into own folder", "remove own", "remove own folder", "read an inherited descriptor",
}  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    place = tmp_path_factory.mktemp("landlock")
    folders = [place / name for name in ("shown", "own", "outside")]
    for folder in folders:
        folder.mkdir()
    (folders[0] / "one.txt").write_text("one")
    (folders[2] / "secret").write_text("secret")
    command = [sys.executable, "-c", ATTEMPTS, *map(str, folders)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert (folders[2] / "secret").read_text() == "secret"
    assert (folders[0] / "one.txt").read_text() == "one"
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def test_what_is_its_own_and_what_is_shown_serves(said: dict[str, int]) -> None:
    assert {name: number for name, number in said.items() if name in ALLOWED and number} == {}


def test_nothing_else_can_be_opened_changed_or_executed(said: dict[str, int]) -> None:
    let = {name for name, number in said.items() if name not in ALLOWED and not number}
    assert let <= ({"signal outside"} if abi() < SCOPES else set())
    assert len(said) > 25


def test_a_kernel_that_knows_too_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actors.workers.sandbox.landlock.abi", lambda: LEAST - 1)
    with pytest.raises(NoLandlock, match="ABI 2, and 3 is needed"):
        restrict([], [])
