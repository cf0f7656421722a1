"""What a model is told that proposes questions: files of their own, so that they enter the id of no trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from string import Template

from actors.proposed import Guessed, Shown
from actors.teaching.prompting import Prompts, Protocol, fenced, read_prompts, told_of
from events.dataset import ColumnProfile

_FILES = (
    "author.md",
    "author_text.md",
    "author_tools.md",
    "commission.md",
    "guess.md",
    "result.md",
    "corrections.toml",
    "author_corrections.toml",
)
_NONE = "none yet"
_NOTHING = "You are shown nothing of the table."
MOST_TOLD = 20
"""Questions, and refusals, of which a model is told; the last ones."""


@dataclass(frozen=True)
class Errand:
    """One proposal that is to be had."""

    proposal: str
    """The id that all its calls are paid under."""
    columns: Sequence[ColumnProfile]
    """The table's profile."""
    noun: str
    """What one row is, in the singular."""
    asked: Sequence[str]
    """The questions that the stream has."""
    refused: Sequence[str]
    """Why earlier proposals came to nothing."""


class AuthorPrompts(Prompts):
    """The prompts of who proposes questions."""

    def system(self, protocol: Protocol) -> str:
        """The rules of the sandbox and of a proposal, and how both are written."""
        return f"{self.texts['author.md']}\n{self.texts[f'author_{protocol}.md']}".strip()

    def commission(self, errand: Errand) -> str:
        """The table's profile, the questions there are, and what became of earlier proposals."""
        return (
            Template(self.texts["commission.md"])
            .substitute(
                noun=fenced(errand.noun),
                columns=fenced("\n".join(told_of(errand.columns))),
                asked=_listed(errand.asked),
                refused=_listed(errand.refused),
            )
            .strip()
        )

    def guess(self, guessed: Guessed, shown: Shown, columns: Sequence[ColumnProfile], number: int) -> str:
        """A question without the data: with the names of the columns, or without them."""
        names = fenced("\n".join(one.name for one in columns))
        return (
            Template(self.texts["guess.md"])
            .substitute(
                question=fenced(guessed.text),
                format=guessed.format,
                shown=f"The columns of the table, as data:\n{names}" if shown == "header" else _NOTHING,
                number=number,
            )
            .strip()
        )


@cache
def author_prompts() -> AuthorPrompts:
    """The prompts that belong to this version."""
    return AuthorPrompts(*read_prompts(_FILES))


def _listed(texts: Sequence[str]) -> str:
    return fenced("\n".join(f"- {' '.join(one.split())}" for one in texts[-MOST_TOLD:])) if texts else _NONE
