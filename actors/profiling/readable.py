"""What a column is called in a sentence: its header as words, without its unit."""

import re
from collections import Counter
from collections.abc import Sequence

from actors.profiling.names import words

_PLAIN = re.compile(r"[^\W_](?:[\w /&%$€£'()+\-]|[.](?! |$))*")
_LONGEST, _MOST_WORDS = 60, 8
_SEAM = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STOP = words(
    "a an and are as at be but by for from had has have he her his how i if in into is it its me my"
    " no nor not of off on or our out over she so than that the their them then there they this to"
    " under up was we were what when where which who whom whose why will with you your true false"
    " none nan null all any some each most least more less other after also although always am because"
    " been being can could did do doing don down during else ever every few further having here hers"
    " herself him himself itself just may maybe might must myself neither never now ok okay once ought"
    " ours ourselves perhaps shall should still such theirs themselves these though through too until"
    " upon us very via while would yes yet yours yourself yourselves"
)


def readable_of(bases: Sequence[str], headers: Sequence[str]) -> tuple[str, ...]:
    """A readable name for each column; those that two would share give way to the whole header's words.

    Args:
        bases: headers without their units.
        headers: headers as they stand in the file.
    """
    loud = all(header.upper() == header for header in headers)
    names = [humanised(base, loud=loud) for base in bases]
    for fallback in ([humanised(header, loud=loud) for header in headers], [""] * len(headers)):
        shared = Counter(name.casefold() for name in names)
        names = [
            other if shared[name.casefold()] > 1 else name
            for name, other in zip(names, fallback, strict=True)
        ]
    return tuple(names)


def humanised(header: str, *, loud: bool = False) -> str:
    """The header as words in small letters; empty where it makes no words that could stand in a sentence.

    Args:
        header: the header, or its part without a unit.
        loud: whether all headers of the table are in capitals, so that capitals make no acronym.
    """
    trimmed = header.strip().strip("'\"").strip()
    if len(trimmed) > _LONGEST or _PLAIN.fullmatch(trimmed) is None:
        return ""
    if len(trimmed.split()) > _MOST_WORDS:
        return ""
    pieces = [piece for piece in re.split(r"[\s_]+|(?<=[^\W\d])[.\-](?=[^\W\d])", trimmed) if piece]
    shouted = trimmed.isupper() and (loud or len(trimmed) > _ACRONYM)
    # Capitals after a first word in small letters are meant: they are a language's, or a name's.
    meant = len(pieces) > 1 and pieces[0][:1].islower()
    said = " ".join(_lowered(piece, shouted=shouted, meant=meant) for piece in pieces)
    return "" if said.casefold() in _STOP or not any(map(str.isalpha, said)) else said


_ACRONYM = 5
_SPOKEN = re.compile(r"^[^\d]{4,}$|^[^AEIOUY\d]+[AEIOUY][^AEIOUY\d]+$")
"""What reads as a word rather than letter by letter: TITLE and SUN, but not GNP or CPI."""


def _lowered(piece: str, *, shouted: bool, meant: bool) -> str:
    if shouted and _SPOKEN.search(piece):
        return piece.lower()
    if meant and not _SEAM.search(piece):
        return piece
    return " ".join(_word(part) for part in _SEAM.split(piece))


def _word(part: str) -> str:
    """In small letters, unless it is an acronym or a symbol: GNP, N, P25th."""
    if part.isupper() or any(map(str.isdigit, part)):
        return part
    return part[:1].lower() + part[1:]
