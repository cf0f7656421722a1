"""What a plan names of the tree that it is of: files, names in files, commands."""

import glob
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from actors.planning.plan import SPAN

_PATH = re.compile(r"(?:[\w.-]|\*(?!\*))+(?:/(?:[\w.-]|\*(?!\*))+)*/?(?::\d+)?")
_SUFFIXES = {".py", ".md", ".toml", ".csv", ".json", ".jsonl", ".yaml", ".yml", ".txt", ".sh", ".cfg", ".ini"}
_BRACES = re.compile(r"^(.*)\{([^{}]*)\}(.*)$")
_MAKE = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_ASSIGNED = re.compile(r"\w+=\S*")
_ENDS = {"|", "||", "&&", ";", ">", ">>", "#", "&"}
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
        if not text[span.end() :].startswith(" (new"):
            found += [one for one in _choices(span[1]) if looks_like_a_path(one)]
    return found


def absent(root: Path, text: str) -> list[str]:
    """The files and folders that a line names and the tree does not have.

    A name without a folder is looked for at the top, and in the folders that the line names before it.
    """
    folders, found = [""], []
    for path in paths_in(text):
        plain = path.partition(":")[0]
        if not any(is_there(root, f"{folder}{plain}") for folder in folders):
            found.append(path)
        folders.append(plain if plain.endswith("/") else plain.rpartition("/")[0] + "/")
    return found


def is_there(root: Path, path: str) -> bool:
    """Whether the tree has a file or folder, or one of a form with stars."""
    found = glob.glob(path, root_dir=root) if "*" in path else os.path.exists(root / path)  # noqa: PTH110, PTH207
    return bool(found)


def _choices(text: str) -> list[str]:
    braces = _BRACES.match(text)
    return [text] if braces is None else [f"{braces[1]}{one}{braces[3]}" for one in braces[2].split(",")]


def names_in_file(root: Path, path: str, place: str) -> str | None:
    """The first name of a place that its file does not have; None when it has all, or is not there."""
    file = root / path.partition(":")[0]
    if not os.path.isfile(file):  # noqa: PTH113  a name that is too long is no error there
        return None
    text = file.read_text(encoding="utf-8", errors="replace")
    names = SPAN.findall(place) or place.split()[:1]
    return next((one for one in names if one.rpartition(".")[2] not in text), None)


def ours(line: str) -> list[str] | None:
    """The words of a command line that is one of ours; None for any other.

    Raises:
        ValueError: it cannot be read as words.
    """
    words = shlex.split(line, comments=True)
    while words and _ASSIGNED.fullmatch(words[0]):
        words = words[1:]
    end = next((place for place, one in enumerate(words) if one in _ENDS), len(words))
    is_ours = words[:1] in (["tracegate"], ["make"]) or words[:2] in (["python", "cli.py"], ["python", "-m"])
    return words[:end] if is_ours else None


def unfit(words: list[str], root: Path, amiss: Amiss) -> str | None:
    """Why a command of ours would not be understood; None when it would."""
    if words[0] == "make":
        targets = (
            _MAKE.findall((root / "Makefile").read_text("utf-8")) if (root / "Makefile").is_file() else []
        )
        unknown = [one for one in words[1:] if "=" not in one and one not in targets]
        return f"the Makefile has no `{unknown[0]}`" if unknown else None
    if words[:2] == ["python", "-m"]:
        module = words[2] if len(words) > 2 else ""
        there = is_there(root, f"{module.replace('.', '/')}.py")
        return None if there else f"there is no module `{module}`"
    return amiss(words[1:] if words[0] == "tracegate" else words[2:])
