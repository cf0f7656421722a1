"""What a table's columns and records are called in a text, and back: readable where that leaves no doubt.

A column whose readable name could be taken for another's, or for words of ours, is called by its exact header
in quotes; so is every column for which nobody knows a better name. A header that nobody could read off a text
gives way to the readable name, or to itself on one line, in quotes.
"""

import json
import re
from collections.abc import Iterable, Iterator

from actors.language.grammar_words import RESERVED
from actors.language.operator import Columns
from actors.language.pattern import on_one_line, quoted, reads_plainly, same_word, tokens, unquoted

_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?: [A-Za-z0-9]+)*")
MOST_WORDS = 5
"""Words of a readable name at most; a longer one is quoted as its header stands."""


class Lexicon:
    """The names of one table.

    Args:
        columns: its profile.
        noun: what one row is, in the singular.
    """

    def __init__(self, columns: Columns, noun: str = "record") -> None:
        self.columns = columns
        self.record, self.records = noun, plural(noun)
        self._names = dict(_readable(columns))
        self._quoted = dict(_in_quotes(columns))
        self._spoken = {name: header for header, name in self._quoted.items()}
        self._headers: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for header, name in self._names.items():
            row = tokens(name)
            self._headers.setdefault(row[0], []).append((row, header))

    def name(self, header: str) -> str:
        """What a column is called in a text."""
        return self._names.get(header) or quoted(self._quoted.get(header, header))

    def legend(self, headers: Iterable[str]) -> list[str]:
        """A sentence for each of some columns that a text calls otherwise than they are headed."""
        told = sorted({header for header in headers if self.name(header) != quoted(header)})
        return [f"{self.name(header)} is the column {_exactly(header)}." for header in told]

    def headers_at(self, said: tuple[str, ...], at: int) -> Iterator[tuple[int, str]]:
        """Each column that the words from a place on can name, with where the name ends."""
        token = said[at]
        if token.startswith('"'):
            if (spoken := self._spoken.get(str(unquoted(token)))) is not None:
                yield at + 1, spoken
            return
        for row, header in self._headers.get(token, ()):
            if said[at : at + len(row)] == row:
                yield at + len(row), header
        if token[:1].isupper() and (lower := token[:1].lower() + token[1:]) != token:
            for row, header in self._headers.get(lower, ()):
                if same_word(token, row[0]) and said[at + 1 : at + len(row)] == row[1:]:
                    yield at + len(row), header


def plural(noun: str) -> str:
    """More than one of what a row is, in words."""
    for ending, many in (("y", "ies"), ("s", "ses"), ("x", "xes"), ("ch", "ches"), ("sh", "shes")):
        if noun.endswith(ending) and (ending != "y" or noun[-2:-1] not in "aeiou"):
            return noun.removesuffix(ending) + many
    return noun + "s"


def _readable(columns: Columns) -> Iterator[tuple[str, str]]:
    """The columns that a readable name tells from all others, and from words of ours."""
    given = {column.name: column.readable.lower() for column in columns if _is_plain(column.readable)}
    for header, name in given.items():
        rivals = [other for column, other in given.items() if column != header]
        if not any(_overlaps(name, other) for other in rivals):
            yield header, name


def _in_quotes(columns: Columns) -> Iterator[tuple[str, str]]:
    """What each column is called where it is quoted; no two alike."""
    taken = {column.name for column in columns}
    for column in columns:
        others = (column.readable, on_one_line(column.name))
        fit = [name for name in others if reads_plainly(name) and name not in taken]
        said = column.name if reads_plainly(column.name) or not fit else fit[0]
        taken.add(said)
        yield column.name, said


def _exactly(header: str) -> str:
    """The header as code would spell it, and that it is so, where it cannot be shown as it is."""
    if reads_plainly(header) or f'"{header}"' == json.dumps(header):
        return quoted(header)
    return f"{json.dumps(header, ensure_ascii=not header.isprintable())}, as a string of Python spells it"


def _is_plain(name: str) -> bool:
    words = name.lower().split()
    return bool(_WORDS.fullmatch(name)) and len(words) <= MOST_WORDS and not RESERVED & set(words)


def _overlaps(name: str, other: str) -> bool:
    """Whether two names are one, or one begins or ends with the other."""
    one, two = sorted((name.split(), other.split()), key=len)
    return two[: len(one)] == one or two[-len(one) :] == one
