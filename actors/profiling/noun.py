"""What one row of a table is, in a word: by an identifier's name, by dates, by the file's name."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pandas as pd

from actors.profiling.names import IDENTIFIER, NUMBERING, words
from events.dataset import ColumnProfile

UNSURE = "record"
_NOUNS = words(
    "person patient student pupil teacher school customer client employee worker player athlete team"
    " match game passenger driver respondent participant subject voter candidate politician president"
    " country nation state county city town region district village house home apartment building"
    " property room hotel listing car vehicle truck bike trip ride flight airport airline ship train"
    " station accident crash crime arrest killing death hurricane storm earthquake volcano eruption"
    " mountain river lake island tree plant flower iris bird penguin animal dog cat fish whale bee"
    " species wine beer coffee recipe meal restaurant product item order sale purchase transaction"
    " invoice payment loan mortgage credit claim policy account company firm business job course"
    " class grade exam book movie film song album artist episode show video article post tweet"
    " comment review email message event meeting session visit call survey sample experiment trial"
    " measurement observation diamond stone meteorite planet star galaxy exoplanet asteroid satellite"
    " birth baby child woman man mother hospital doctor drug gene protein compound molecule"
    " constituent stock fund bond user visitor household family farm field crop birdstrike"
)
"""Things that tables are about and that can be counted."""
_NO_NOUN = IDENTIFIER | NUMBERING | words(
    "code codes name names title label key value date time year type class category data dataset"
    " table file csv raw clean cleaned final full small large sample test train wide long monthly"
    " weekly daily yearly annual info list all new old version symbol unit index account status"
    " description text statistics stats results figures"
)  # fmt: skip
_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "mice": "mouse", "feet": "foot",
    "species": "species", "series": "series", "movies": "movie", "lives": "life", "countries": "country",
    "grads": "graduate", "indices": "index", "matrices": "matrix", "analyses": "analysis", "crises": "crisis",
}  # fmt: skip
_PLURALS = (
    ("ies", "y"),
    ("oes", "o"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("sses", "ss"),
    ("s", ""),
)
_GRAINS = frozenset(("day", "month", "week", "quarter", "year"))
_WEEK = 7


def noun_of(name: str, columns: Sequence[ColumnProfile], frame: pd.DataFrame) -> tuple[str, str]:
    """What one row is, in the singular, and the evidence; `record` where nothing tells it surely.

    Args:
        name: the file's name without folder and ending.
        columns: the profile.
        frame: the table.
    """
    rows = len(frame)
    unique = [one for one in columns if one.distinct == rows and not one.missing]
    # A series is told by its first column; a date further on says when a thing was.
    series = _timed(unique[:1] if unique[:1] == list(columns[:1]) else [], columns, frame)
    ways = (_keyed(unique, columns), series, _filed(name, columns), _timed(unique, [], frame), _named(unique))
    for found in ways:
        if (told := next(found, None)) is not None:
            return told
    return UNSURE, "neither its name nor a column that differs in every row says what a row is"


def _keyed(unique: Sequence[ColumnProfile], columns: Sequence[ColumnProfile]) -> Iterator[tuple[str, str]]:
    """An identifier that differs in every row and is called after a thing, perhaps that of another column."""
    things = {singular("".join(_parts(one.name))) for one in columns if one.kind == "text"}
    for one in unique:
        if one.kind == "identifier" and (noun := _thing(one.name)) in _NOUNS | things:
            yield noun, f"the identifier {one.name!r} differs in every row"


def _timed(
    unique: Sequence[ColumnProfile], columns: Sequence[ColumnProfile], frame: pd.DataFrame
) -> Iterator[tuple[str, str]]:
    """A date, or a year with a part of it, that differs in every row."""
    for one in unique:
        if one.kind == "date" and one.date is not None and one.date.grain in _GRAINS and not one.date.unread:
            grain = "week" if one.date.grain == "day" and _is_weekly(one, frame) else one.date.grain
            yield grain, f"the date {one.name!r} differs in every row"
    dated = [one for one in columns if one.date is not None and not one.missing]
    for year in (one for one in dated if one.date is not None and one.date.grain == "year"):
        for part in (
            one for one in dated if one.date is not None and one.date.part and one.date.grain in _GRAINS
        ):
            if part.date is not None and not frame.duplicated([year.name, part.name]).any():
                yield part.date.grain, f"{year.name!r} and {part.name!r} together differ in every row"


def _is_weekly(one: ColumnProfile, frame: pd.DataFrame) -> bool:
    if one.date is None or "%y" in one.date.form or "%Y" not in one.date.form:
        return False
    days = pd.to_datetime(frame[one.name].astype(str).str.strip(), format=one.date.form, errors="coerce")
    steps = [(later - earlier).days for earlier, later in pairwise(sorted(days.dropna().unique()))]
    return bool(steps) and steps.count(_WEEK) * 10 >= 9 * len(steps)


def _filed(name: str, columns: Sequence[ColumnProfile]) -> Iterator[tuple[str, str]]:
    """The last word of the file's name that is a thing, or whose names or codes a column holds."""
    things = {_thing(one.name) for one in columns if len(_parts(one.name)) > 1}
    parts = [word for word in _parts(name) if word not in _NO_NOUN and not any(map(str.isdigit, word))]
    for word in reversed(parts):
        single = singular(word)
        if single in _NOUNS | (things - {""}):
            yield single, f"the file is called {name!r}"


def _named(unique: Sequence[ColumnProfile]) -> Iterator[tuple[str, str]]:
    """A column of names that differ in every row."""
    for one in unique:
        if one.kind == "text" and (noun := _thing(one.name)) in _NOUNS:
            yield noun, f"{one.name!r} differs in every row"


def _thing(header: str) -> str:
    """What a header of one word is about, in the singular, words such as `id` and `name` aside."""
    parts = [part for part in _parts(header) if part not in _NO_NOUN]
    return singular(parts[0]) if len(parts) == 1 else ""


def _parts(name: str) -> list[str]:
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)]


def singular(word: str) -> str:
    """The singular of an English plural; the word itself when it is none."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NOUNS or word.endswith(("ss", "us", "is", "ics")) or len(word) < 4:
        return word
    for ending, instead in (
        ("ies", "y"),
        ("oes", "o"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("sses", "ss"),
        ("s", ""),
    ):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word
