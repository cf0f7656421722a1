"""Names and labels such as nobody would choose, and the birds of `tests.birds` under them."""

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st
from msgspec.structs import replace

from actors.language.grammar_words import RESERVED
from actors.language.kinds import COLUMN_KINDS
from actors.language.operator import operator
from actors.language.pattern import reads_plainly
from actors.language.subject import Subject
from actors.profiling.readable import readable_of
from actors.profiling.unasked import with_unasked
from events.question import ProgramRecord, Step
from tests.birds import COLUMNS, READER, birds
from tests.language.odd_tables import (
    CASES,
    CODE,
    LABELS,
    LONG,
    LOOKS,
    MARKS,
    MEAN_LABELS,
    SIGNS,
    STOPS,
    TALK,
    WORDS,
)

GIVEN = (
    *CASES,
    *CODE,
    *MARKS,
    *SIGNS,
    *STOPS,
    *TALK,
    *WORDS,
    *LOOKS,
    LONG,
    "of Gentoo",
    "bill of",
    "mean of bill",
)
LETTERS = st.characters(exclude_characters="\0\ufeff", codec="utf-8")
RESERVED_WORDS = st.lists(st.sampled_from(sorted(RESERVED)), min_size=1, max_size=3).map(" ".join)
TEXTS = st.one_of(
    st.sampled_from((*GIVEN, *LABELS, *MEAN_LABELS)),
    RESERVED_WORDS,
    st.text("aA _.1'\"\\{}[]@\n\u200b", min_size=1, max_size=12),
    st.text(LETTERS, min_size=1, max_size=20),
).filter(str.strip)
"""Any header or label, those that have done harm before among them."""
SHOWN = st.one_of(
    st.sampled_from([text for text in (*GIVEN, *LABELS) if reads_plainly(text)]),
    RESERVED_WORDS,
    st.text("aA _.1'{}[]@", min_size=1, max_size=12).map(lambda text: f"{' '.join(text.split())}1"),
    st.text(st.characters(categories=["L", "N", "S"], codec="utf-8"), min_size=1, max_size=20),
)
"""Those that a text can show, nearly always."""
_LABELS = sorted({level for one in COLUMNS if not one.numeric for level in one.levels})
_NAMED, _LABELLED = len(COLUMNS), len(_LABELS)
NAMES = st.lists(TEXTS, min_size=_NAMED, max_size=_NAMED, unique=True)
LABELLED = st.lists(TEXTS, min_size=_LABELLED, max_size=_LABELLED, unique=True)
SHOWN_NAMES = st.lists(SHOWN, min_size=_NAMED, max_size=_NAMED, unique=True)
SHOWN_LABELS = st.lists(SHOWN, min_size=_LABELLED, max_size=_LABELLED, unique=True)


@dataclass(frozen=True)
class Renamed:
    """The birds with other headers and labels."""

    subject: Subject
    headers: Mapping[str, str]
    labels: Mapping[str, str]

    def program(self, record: ProgramRecord) -> ProgramRecord:
        """The same program about them."""
        return ProgramRecord(tuple(map(self._step, record.steps)), record.answer)

    def _step(self, step: Step) -> Step:
        kinds = operator(step.operator).parameters
        given = {
            name: self.headers[str(value)]
            if kinds[name] in COLUMN_KINDS
            else self.labels.get(str(value), value)
            if kinds[name] == "level"
            else value
            for name, value in step.parameters.items()
        }
        return Step(step.name, step.operator, step.inputs, given, step.axes)


def renamed(names: list[str], levels: list[str]) -> Renamed:
    """The birds with these headers, and these labels in their columns of text, all of them askable or not."""
    headers = dict(zip([one.name for one in COLUMNS], names, strict=True))
    labels = dict(zip(_LABELS, levels, strict=True))
    columns = [
        replace(
            one,
            name=headers[one.name],
            levels=one.levels if one.numeric else tuple(sorted(labels[level] for level in one.levels)),
            readable=readable,
        )
        for one, readable in zip(COLUMNS, readable_of(names, names), strict=True)
    ]
    frame = birds().rename(columns=headers)
    for one in columns:
        if not one.numeric:
            frame[one.name] = frame[one.name].map(labels).astype("str")
    told = with_unasked(columns, frozenset(), frozenset())
    return Renamed(Subject("d" * 32, READER, told, frame), headers, labels)
