"""Whatever the store writes goes through `store.durable.Disk`: so every such call can be made to fail in a test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import store

ROOT = Path(store.__path__[0])
ELSEWHERE = sorted(path for path in ROOT.rglob("*.py") if path.name != "durable.py")
OF_OS = {
    "write", "pwrite", "writev", "pwritev", "sendfile", "copy_file_range", "fsync", "fdatasync", "sync",
    "ftruncate", "truncate", "posix_fallocate", "replace", "rename", "renames", "remove", "unlink",
    "removedirs", "rmdir", "mkdir", "makedirs", "mkfifo", "link", "symlink",
}  # fmt: skip
OF_PATHS = {
    "write_bytes", "write_text", "mkdir", "touch", "unlink", "rmdir", "rename", "symlink_to", "hardlink_to",
    "truncate",
}  # fmt: skip
WRITING = set("wax+")


def writes(source: str) -> Iterator[str]:
    """Calls that change files other than through a disk."""
    for node in ast.walk(ast.parse(source)):
        if (isinstance(node, ast.Call) and _writes(node)) or (
            isinstance(node, ast.Import | ast.ImportFrom) and _module(node) in ("shutil", "tempfile")
        ):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def _module(node: ast.Import | ast.ImportFrom) -> str | None:
    return node.module if isinstance(node, ast.ImportFrom) else node.names[0].name


def _writes(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id == "open" and _opens_to_write(call.args[1:], call)
    if not isinstance(call.func, ast.Attribute):
        return False
    whose, name = ast.unparse(call.func.value), call.func.attr
    if whose.endswith("disk") or (whose.isidentifier() and whose[0].isupper()):  # a class: of ours
        return False
    if whose == "os":
        return name in OF_OS or (name == "open" and "O_RDONLY" not in ast.unparse(call.args[1]))
    if whose == "mmap":
        return name == "mmap" and "ACCESS_READ" not in ast.unparse(call)
    if name == "open":
        return _opens_to_write(call.args, call)
    # That of a path takes the target alone, those of texts, times and structs take more or other things.
    renames = name == "replace" and len(call.args) == 1 and not call.keywords
    return name in OF_PATHS or renames


def _opens_to_write(after_path: list[ast.expr], call: ast.Call) -> bool:
    modes = [*after_path[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return any(not isinstance(mode, ast.Constant) or WRITING & set(str(mode.value)) for mode in modes)


@pytest.mark.parametrize("path", ELSEWHERE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_in_the_store_is_written_beside_the_disk(path: Path) -> None:
    assert list(writes(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'path.open("wb")', 'path.open(mode="a")', 'open(path, "r+")', "path.open(mode)", "os.open(path, os.O_RDWR)",
        "path.write_bytes(data)", "beside.replace(path)", "path.unlink(missing_ok=True)", "os.fsync(descriptor)",
        "path.parent.mkdir(parents=True)", "file.truncate(3)", "mmap.mmap(file.fileno(), 0)",
        "from shutil import rmtree", "import tempfile",
    ],
)  # fmt: skip
def test_a_write_beside_the_disk_is_seen(source: str) -> None:
    assert len(list(writes(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'path.open("rb")', "path.open()", "os.open(path, os.O_RDONLY | os.O_CLOEXEC)", 'text.replace("a", "b")',
        "msgspec.structs.replace(one, digest=digest)", "self._disk.replace(beside, path)", "disk.truncate(3, 4)",
        "when.replace(tzinfo=UTC)", "os.close(descriptor)",
    ],
)  # fmt: skip
def test_what_only_reads_is_let_be(source: str) -> None:
    assert list(writes(source)) == []


def test_the_disk_itself_is_where_writing_is_done() -> None:
    assert len(list(writes((ROOT / "durable.py").read_text("utf-8")))) > 8
