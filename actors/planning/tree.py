"""What a plan names of the tree that it is of: files, names in files, commands."""

import glob
import os
import re
import shlex
from collections.abc import Callable
from itertools import product, zip_longest
from math import prod
from pathlib import Path, PurePosixPath

from actors.planning.plan import SPAN

_PATH = re.compile(r"/?(?:[\w.-]|\*(?!\*))+(?:/(?:[\w.-]|\*(?!\*))+)*/?(?::\d{1,9})?")
_SUFFIXES = {".py", ".md", ".toml", ".csv", ".json", ".jsonl", ".yaml", ".yml", ".txt", ".sh", ".cfg", ".ini"}
_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_CHOICES = 100
_MAKE = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_ASSIGNED = re.compile(r"\w+=\S*")
_AROUND = {"env", "time", "timeout", "nohup", "nice", "exec"}
"""What may stand before a command and changes nothing of it."""
_SPAN_OF_TIME = re.compile(r"\d+[smhd]?")
_ENDS = {*"|&;<>"}
"""What ends a command, alone or repeated."""
_PYTHON = re.compile(r"(?:.*/)?python3?(?:\.\d+)?")
Amiss = Callable[[list[str]], str | None]


def looks_like_a_path(text: str) -> bool:
    """Whether what stands between backticks names a file or folder."""
    plain = text.partition(":")[0]
    return bool(_PATH.fullmatch(text)) and ("/" in text or PurePosixPath(plain).suffix in _SUFFIXES)


def paths_in(text: str) -> list[str]:
    """The files and folders that a line names between backticks, choices in braces one by one.

    What says `(new)` behind it is left out.
    """
    found = []
    for span in SPAN.finditer(text):
        if not text[span.end() :].startswith((" (new)", " (new,")):
            path = re.split("::|#L", span[1], maxsplit=1)[0]
            found += [one for one in _choices(path) if looks_like_a_path(one)]
    return found


def absent(root: Path, text: str) -> list[str]:
    """The files and folders that a line names and the tree does not have.

    A name without a folder is looked for at the top, and in the folders that the line names before it.
    """
    folders, found = {"": None}, []
    for path in paths_in(text):
        plain, _, line = path.partition(":")
        places = (f"{folder}{plain}" for folder in folders)
        there = next((place for place in places if is_there(root, place)), None)
        if there is None or (line and not _has_line(root / there, int(line))):
            found.append(path)
        folder = plain if plain.endswith("/") else plain.rpartition("/")[0] + "/"
        if folder not in folders and is_there(root, folder):
            folders[folder] = None
    return found


def _has_line(file: Path, line: int) -> bool:
    return file.is_file() and 0 < line <= len(file.read_bytes().splitlines())


def is_there(root: Path, path: str) -> bool:
    """Whether the tree has a file or folder, or one of a form with stars; what lies elsewhere it has not."""
    if path.startswith("/") or ".." in path.split("/"):
        return False
    found = glob.glob(path, root_dir=root) if "*" in path else os.path.exists(root / path)  # noqa: PTH110, PTH207
    return bool(found)


def _choices(text: str) -> list[str]:
    """What a path with choices in braces names; itself where they are more than anybody would write."""
    chosen = [one.split(",") for one in _BRACES.findall(text)]
    if not chosen or prod(map(len, chosen)) > _MOST_CHOICES:
        return [text]
    between = _BRACES.split(text)[::2]
    return ["".join(map("".join, zip_longest(between, ones, fillvalue=""))) for ones in product(*chosen)]


def names_in_file(root: Path, path: str, place: str) -> str | None:
    """The first name of a place that its file does not have; None when it has all, or is not there.

    A folder has no names.
    """
    file = root / path.partition(":")[0]
    names = SPAN.findall(place) or place.split()[:1]
    if path.endswith("/"):
        return names[0]
    if not os.path.isfile(file):  # noqa: PTH113  a name that is too long is no error there
        return None
    text = file.read_text(encoding="utf-8", errors="replace")
    return next((one for one in names if not _is_in(text, one.rpartition(".")[2])), None)


def _is_in(text: str, name: str) -> bool:
    """Whether a name stands in a text, and not within a longer one."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def ours(line: str) -> list[list[str]]:
    """The words of each command of ours in a line.

    Raises:
        ValueError: it cannot be read as words.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split, lexer.commenters = True, "#"
    commands: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= _ENDS:
            commands.append([])
        else:
            commands[-1].append(word)
    return [words for one in commands if (words := _plain(one))]


def _plain(words: list[str]) -> list[str]:
    """A command without what is set for it, its Python called `python`; nothing where it is none of ours."""
    while words and (
        words[0] in _AROUND or _ASSIGNED.fullmatch(words[0]) or _SPAN_OF_TIME.fullmatch(words[0])
    ):
        words = words[1:]
    if words and _PYTHON.fullmatch(words[0]):
        words = ["python", *_without_options(words[1:])]
    elif words and words[0].endswith("/tracegate"):
        words = ["tracegate", *words[1:]]
    is_ours = words[:1] in (["tracegate"], ["make"]) or words[:2] in (["python", "cli.py"], ["python", "-m"])
    return words if is_ours else []


def _without_options(words: list[str]) -> list[str]:
    """What Python is to run, without its own options of one letter."""
    while words and re.fullmatch(r"-[bBdEiIOPqsSuvx]+", words[0]):
        words = words[1:]
    return [words[0].removeprefix("./"), *words[1:]] if words else []


def unfit(words: list[str], root: Path, amiss: Amiss) -> str | None:
    """Why a command of ours would not be understood; None when it would."""
    if words[0] == "make":
        file = root / "Makefile"
        targets = _MAKE.findall(file.read_text("utf-8", errors="replace")) if file.is_file() else []
        unknown = [one for one in words[1:] if "=" not in one and one not in targets]
        return f"the Makefile has no `{unknown[0]}`" if unknown else None
    if words[:2] == ["python", "-m"]:
        module = words[2] if len(words) > 2 else ""
        there = is_there(root, f"{module.replace('.', '/')}.py")
        return None if there else f"there is no module `{module}`"
    return amiss(words[1:] if words[0] == "tracegate" else words[2:])
