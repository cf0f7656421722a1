"""Text from data and models, made harmless: no markup, no control characters, no reordering of letters."""

import unicodedata

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, invisible formatting such as direction overrides, lone surrogates, and line separators."""


def escaped(text: str, keep: str = "") -> str:
    """The text with every harmful character spelled as an escape; those in `keep` stay as they are."""
    return "".join(
        character
        if character in keep or unicodedata.category(character) not in _HARMFUL
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def line(text: str, style: str = "") -> Text:
    """One line of foreign text; its own line ends are shown as escapes, its brackets are no markup."""
    return Text(escaped(text), style=style, overflow="fold")


def block(text: str, style: str = "") -> RenderableType:
    """Foreign text over several lines, indented; wrapped where it is wider than the terminal, never cut."""
    whole = Text(escaped(text, keep="\n\t"), style=style, overflow="fold", no_wrap=False)
    return Padding(whole, (0, 0, 0, 4))


def code(source: str) -> RenderableType:
    """Python source, highlighted and indented."""
    shown = Syntax(escaped(source, keep="\n\t"), "python", background_color="default", word_wrap=True)
    return Padding(shown, (0, 0, 0, 4))


def heading(text: str) -> Text:
    """A line that opens a part."""
    return Text(escaped(text), style="bold")


def pairs(rows: list[tuple[str, str]]) -> RenderableType:
    """Names and what they hold, one a line."""
    width = max((len(name) for name, _ in rows), default=0)
    return Group(*(Text.assemble((f"{name:<{width}}  ", "dim"), line(value)) for name, value in rows))
