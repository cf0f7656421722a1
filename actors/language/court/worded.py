"""Last: the text, which has to mean the program and nothing else."""

from collections.abc import Mapping

from actors.language.court.case import Case
from actors.language.format_note import format_note
from actors.language.lexicon import Lexicon
from actors.language.lint import faults, is_long
from actors.language.parse_english import parse
from actors.language.program import declaration
from actors.language.readings import readings
from actors.language.render_english import question, template_question
from actors.language.soundness import Refusal
from actors.language.templates.template import Bindings
from actors.language.term import to_terms
from events.question import Parameter, ProgramRecord


def is_too_long(case: Case) -> Refusal | None:
    """A text that is too long before any axis is stated in it."""
    return _length(_text(case))


def worded(case: Case) -> tuple[str, str] | Refusal:
    """The text and its format note, or why there are none."""
    subject, record, text = case.subject, case.program.record, _text(case)
    if refusal := _length(text):
        return refusal
    if found := faults(text, is_of_quality=_is_of_quality(case)):
        return Refusal("unpolished", "the text " + ", ".join(found))
    note = format_note(case.terms, case.contract, subject.words)
    meant = {repr(reading) for reading in readings(record)}
    if {repr(reading) for reading in parse(text, note, subject.words)} != meant:
        return Refusal("unreadable", "reading the text back gives other programs than it was made from")
    return text, note


def _text(case: Case) -> str:
    proposal, words = case.proposal, case.subject.words
    bindings: Mapping[str, Parameter] = proposal.bindings
    return wording(case.program.record, proposal.template, bindings, proposal.phrasing, words)


def _is_of_quality(case: Case) -> bool:
    return any(declaration(step).family == "quality" for step in case.program.steps)


def _length(text: str) -> Refusal | None:
    return Refusal("too_long", f"the text has {len(text.split())} words") if is_long(text) else None


def wording(
    record: ProgramRecord, template: str | None, bindings: Bindings, phrasing: int, words: Lexicon
) -> str:
    """The text of a program, rebuilt from what its recipe keeps."""
    terms = to_terms(record)
    if template is None:
        return question(terms, phrasing, words)
    said = {name: option for step in record.steps for name, option in step.axes.items()}
    return template_question(template, bindings, said, phrasing, words)
