"""What a model is told: files, read once, and versioned by one digest of all of them."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Literal

from events.dataset import ColumnProfile
from events.identity import digest_of_parts
from events.question import Question
from events.trace import Role

Protocol = Literal["text", "tools"]
_FILES = (
    "system.md",
    "text.md",
    "tools.md",
    "question.md",
    "hint.md",
    "result.md",
    "corrections.toml",
)


@dataclass(frozen=True)
class Prompts:
    """The prompt files by name, and what is made of them."""

    texts: Mapping[str, str]
    """Each file's text."""
    digest: str
    """Digest of all of them; it enters the id of every trace that a model is asked for."""
    corrections: Mapping[str, str]
    """What a solver is told, by what was wrong with its message."""

    def system(self, protocol: Protocol) -> str:
        """The rules of the sandbox, and how code is to be written."""
        return f"{self.texts['system.md']}\n{self.texts[f'{protocol}.md']}".strip()

    def question(self, question: Question, role: Role, columns: Sequence[ColumnProfile]) -> str:
        """The question as it is asked; with the hint for a gold trace alone."""
        asked = Template(self.texts["question.md"]).substitute(
            question=question.question_text,
            format=question.format,
            columns=fenced("\n".join(told_of(columns))),
        )
        hint = Template(self.texts["hint.md"]).substitute(hint=question.hint) if role == "gold" else ""
        return (asked + hint).strip()

    def result(self, view: str) -> str:
        """What a solver is shown of what came back: quoted, so that no output passes for an instruction."""
        return Template(self.texts["result.md"]).substitute(output=fenced(view)).strip()


def fenced(text: str) -> str:
    """Text in a fence that nothing in it can close."""
    longest = max((len(run) for run in _backticks(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


@cache
def prompts() -> Prompts:
    """The prompts of a solver that belong to this version."""
    return Prompts(*read_prompts(_FILES))


def read_prompts(names: Sequence[str]) -> tuple[Mapping[str, str], str, Mapping[str, str]]:
    """Texts by file, the digest of all of them, and what a model is told of what was wrong.

    Args:
        names: the files; those of TOML hold corrections.
    """
    texts = {name: files("actors.teaching").joinpath("prompts", name).read_text("utf-8") for name in names}
    parts = (part.encode() for name in names for part in (name, "\0", texts[name], "\0"))
    tables = (tomllib.loads(texts[name]) for name in names if name.endswith(".toml"))
    return texts, digest_of_parts(parts), {flaw: told for table in tables for flaw, told in table.items()}


def told_of(columns: Sequence[ColumnProfile]) -> list[str]:
    """A line of JSON for each column: a name that holds line ends or quotes stays one text."""
    return [
        json.dumps({"name": one.name, "kind": one.kind, "missing": one.missing}, ensure_ascii=False)
        for one in columns
    ]


def _backticks(text: str) -> list[str]:
    return "".join(char if char == "`" else " " for char in text).split()
