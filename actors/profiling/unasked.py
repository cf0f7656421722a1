"""Which columns no question names, and why: the text would be misread, or the answer taken for another."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from actors.language.pattern import LONGEST_QUOTED, on_one_line, reads_plainly
from events.answer_labels import composed
from events.answers import AnswerContract, AnswerField, matches
from events.dataset import ColumnProfile

_LABEL = AnswerContract((AnswerField("label", "label"),))
_NAME_IT = "; give it a `name` in its settings"
_SHOWN = 30


def with_unasked(
    columns: Sequence[ColumnProfile], made: Collection[str], named: Collection[str]
) -> tuple[ColumnProfile, ...]:
    """The profile with what is left out of questions.

    Args:
        columns: the profile.
        made: names that the reader gave because the file has none, or has them more than once.
        named: headers of the columns that a person gave a name.
    """
    looks = Counter(_look(one.name) for one in columns)
    return tuple(replace(one, unasked=_why(one, made, named, looks)) for one in columns)


def _why(one: ColumnProfile, made: Collection[str], named: Collection[str], looks: Counter[str]) -> str:
    if (pair := _one_answer(one)) is not None:
        return f"its values {pair[0]!r} and {pair[1]!r} would be one answer"
    if one.name in named and reads_plainly(one.readable):
        return ""
    if one.name in made:
        return f"no line of the file has this name, or it has it more than once{_NAME_IT}"
    if looks[_look(one.name)] > 1:
        return f"its name looks like that of another column{_NAME_IT}"
    if one.readable or reads_plainly(on_one_line(one.name)):
        return ""
    return f"{_unplain(one.name)}{_NAME_IT}"


def _unplain(header: str) -> str:
    """Why a text cannot show a header as it is."""
    if strange := sorted({char for char in on_one_line(header) if not char.isprintable()}):
        points = ", ".join(f"U+{ord(char):04X}" for char in strange[:3])
        return f"its name has characters that a text does not show: {points}"
    if set(header) & set('"\\'):
        return "its name has quotes or backslashes in it"
    if len(header) > LONGEST_QUOTED:
        return f"its name has {len(header)} characters"
    return "its name has neither a letter nor a digit"


def _look(header: str) -> str:
    """What a person sees of a header: one form of each accent, nothing invisible, single spaces."""
    shown = "".join(char if char.isprintable() else " " * char.isspace() for char in header)
    return unicodedata.normalize("NFC", on_one_line(shown))


def _one_answer(one: ColumnProfile) -> tuple[str, str] | None:
    """Two labels that an answer could not tell apart: 1 and 1.0 in a column of text, or é in two forms."""
    if one.numeric:
        return None
    doubled = [level for level in one.levels if level.endswith("0") or composed(level) != level]
    for level in doubled:
        for other in one.levels:
            if other != level and matches(_LABEL, {"label": level}, {"label": other}):
                return other[:_SHOWN], level[:_SHOWN]
    return None
