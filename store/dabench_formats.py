"""Answer contracts read from DABench's format strings: tags `@name[placeholder]`, then words about each.

What the words do not say is left open: a number without decimals is compared exactly, and a value of which
nothing is told is a text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from events.answers import AnswerContract, AnswerField, Column, Form

_TAG = re.compile(r"@(\w+)\[([^\]]*)\]?")
_DIGITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DECIMALS = re.compile(rf"\b({'|'.join(_DIGITS)}|\d)\s+decimal", re.I)
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_CHOICE = re.compile(r"""["']?(?:[^"'(]*\()?(\w+)["']?/["']?(\w+)["']?\)?$""")
_BOUNDS = re.compile(r"between (-?[\d.]+|-Infinity) and (-?[\d.]+|Infinity)", re.I)
_POSITIVE = re.compile(r"\bpositive integers?\b(?! or zero)", re.I)
_NUMBER = re.compile(r"\b(numbers?|floats?|floating|decimals?|rounded|coefficients?|mean|accuracy)\b", re.I)
_COUNT = re.compile(r"\b(integers?|total number|number of|count)\b", re.I)
_TOLD = re.compile(r"\b(decimals?|integers?|boolean|strings?|description|number of|list of)\b", re.I)
_SENTENCES = re.compile(
    r"(?<=[\w\"')])\.\s+|\n|,?\s+where\s+|,?\s+while\s+"
    r"|(?<![\"',])\s+and\s+(?=[\"']\w+[\"'],)"
    r"|(?<![\"']),\s+(?=[\"'][\w ]+[\"'](?:,? and [\"'][\w ]+[\"'])* (?:is|are) )",
    re.I,
)
_ANY_CASE = Form(any_case=True)


@dataclass(frozen=True)
class Described:
    """One field of a format string."""

    field: AnswerField
    """What its value must be."""
    least: float | None = None
    """The smallest value that the words allow, if they say so."""
    most: float | None = None
    """The largest."""


def described(text: str, constraints: str = "") -> tuple[Described, ...]:
    """The fields that a format string asks for.

    Args:
        text: the format string.
        constraints: the question's own words, which may say decimals where the format does not.
    """
    before = re.split(r"\bexample:|\be\.g\.?", text, maxsplit=1, flags=re.I)[0]
    tags = dict(_TAG.findall(before))
    words = Words(_SENTENCES.split(_TAG.sub("", before)), (*tags, *tags.values()), constraints)
    return tuple(_field(name, placeholder, words) for name, placeholder in tags.items())


def contract_of(fields: Sequence[Described]) -> AnswerContract:
    """The contract of some of these fields."""
    return AnswerContract(tuple(one.field for one in fields))


@dataclass(frozen=True)
class Words:
    """What a format string says beside its tags."""

    sentences: Sequence[str]
    names: Sequence[str]
    """All tags and placeholders: what a sentence can be about."""
    constraints: str

    def about(self, *names: str) -> str:
        """The sentences that name one of these; where they tell nothing, also those that name nothing."""
        said = " . ".join([*names[-1:], *(one for one in self.sentences if _names(one, names))])
        if _TOLD.search(said):
            return said
        return " . ".join([said, *(one for one in self.sentences if not _names(one, self.names))])


def _names(sentence: str, words: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence) for word in words if word)


def _field(name: str, placeholder: str, words: Words) -> Described:
    cells = [cell.strip() for cell in placeholder.split(",")]
    if placeholder.lstrip().startswith("{"):
        value = Column(name="value", kind="number", decimals=_decimals(words.constraints))
        form = Form(columns=(Column(name="key", kind="label"), value), keys=("key",))
        return Described(AnswerField(name, "table", more=form))
    if len(cells) > 1 and all(re.fullmatch(r"\w+|\.\.\.", cell) for cell in cells):
        return Described(_several(name, cells, words))
    said = words.about(name, placeholder.strip("\"'"))
    if re.search(r"list of integers", said, re.I):
        return Described(_rows(name, [Column(name="value", kind="integer")]))
    if re.search(r"\bboolean\b", said, re.I):
        return Described(AnswerField(name, "flag", more=Form(yes="True", no="False", any_case=True)))
    if options := _options(placeholder, said, words.names):
        return Described(AnswerField(name, "label", more=Form(options=options, any_case=True)))
    return _single(name, said, words.constraints)


def _single(name: str, said: str, constraints: str) -> Described:
    decimals, named = _decimals(said), f"{said} {name.replace('_', ' ')}"
    if re.search(r"\bstrings?\b|\bdescription\b|\bname of\b", said):
        return Described(AnswerField(name, "label", more=_ANY_CASE))
    if decimals is None and _COUNT.search(named):
        return Described(AnswerField(name, "integer"), least=1 if _POSITIVE.search(said) else 0)
    if decimals is not None or _NUMBER.search(named):
        found = _BOUNDS.search(said)
        least, most = (float(found[1]), float(found[2])) if found else (None, None)
        return Described(AnswerField(name, "number", decimals or _decimals(constraints)), least, most)
    return Described(AnswerField(name, "label"))


def _several(name: str, cells: Sequence[str], words: Words) -> AnswerField:
    """Numbers in a row, each with its decimals; or a list that goes on, of numbers if it has decimals."""
    if "..." not in cells:
        return _rows(name, [_number(cell, words) for cell in cells])
    first = _number(cells[0], words)
    if first.decimals is not None:
        return _rows(name, [first])
    return AnswerField(name, "labels", more=Form(any_case=True))


def _number(cell: str, words: Words) -> Column:
    said = (_decimals(one) for one in words.sentences if _names(one, [cell]))
    return Column(name=cell, kind="number", decimals=next((one for one in said if one is not None), None))


def _rows(name: str, columns: Sequence[Column]) -> AnswerField:
    return AnswerField(name, "table", ordered=True, more=Form(columns=tuple(columns)))


def _options(placeholder: str, said: str, names: Sequence[str]) -> tuple[str, ...]:
    """The texts that the value may be, if the words list them."""
    if choice := _CHOICE.match(placeholder):
        return choice[1], choice[2]
    found = tuple(dict.fromkeys(_listed(said, names)))
    return found if len(found) > 1 else ()


def _listed(said: str, names: Sequence[str]) -> Iterator[str]:
    """What is between quotes behind "be" or "is", and is no name of a value."""
    for clause in re.split(r" \. ", said):
        listed = re.split(r"\bcan\b|\bcould\b|\bshould\b|\beither\b|\bstrings?\b", clause, maxsplit=1)
        if len(listed) > 1 and "example" not in clause:
            yield from (one for one in _QUOTED.findall(listed[1]) if one not in names)


def _decimals(words: str) -> int | None:
    found = _DECIMALS.search(words)
    return None if found is None else _DIGITS.get(found[1].lower()) or int(found[1])
