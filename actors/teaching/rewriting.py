"""What a model is told that puts questions into other words: files of their own, as for who proposes."""

from collections.abc import Sequence
from functools import cache
from string import Template

from actors.teaching.prompting import Prompts, fenced, read_prompts, told_of
from events.dataset import ColumnProfile
from events.question import Question

_FILES = ("rewriter.md", "reword.md", "reword_again.md")


class RewriterPrompts(Prompts):
    """The prompts of who rewords."""

    @property
    def rules(self) -> str:
        """What other words must keep."""
        return self.texts["rewriter.md"].strip()

    def reword(self, question: Question, columns: Sequence[ColumnProfile]) -> str:
        """A question's own words, its format note and the table's profile; neither hint nor answer."""
        return (
            Template(self.texts["reword.md"])
            .substitute(
                question=fenced(question.question_text),
                format=fenced(question.format),
                columns=fenced("\n".join(told_of(columns))),
            )
            .strip()
        )

    def again(self, why: str) -> str:
        """What was wrong with the words."""
        return Template(self.texts["reword_again.md"]).substitute(why=fenced(why)).strip()


@cache
def rewriter_prompts() -> RewriterPrompts:
    """The prompts that belong to this version."""
    return RewriterPrompts(*read_prompts(_FILES))
