"""A program in words: its question, its format note, its hint.

A question is a row of sentences. Each selection of records is a sentence of its own, so that no two
clauses compete for one referent; the last sentence asks. What the reader is free to choose is exactly
what no axis of a term settles.
"""

from collections.abc import Collection, Mapping

from actors.language.contract import format_of
from actors.language.operator import Columns
from actors.language.pattern import fill, listing, quoted, slots
from actors.language.templates import template
from actors.language.templates.template import Bindings, Template
from actors.language.term import Bound, Input, Term, chain, parts
from events.answers import AnswerContract

OPENERS = (
    (
        "Consider only the records {clause}.",
        "Of these, keep only those {clause}.",
        "Then narrow them to those {clause}.",
    ),
    (
        "Take the records {clause}.",
        "Among them, look only at the ones {clause}.",
        "From there, go on with the ones {clause}.",
    ),
)
"""Two ways to lead through up to three selections; one text keeps to one."""
REMAINING = ("Among the records that remain, {ask}", "For what is left, {ask}")
WHAT_IS = "what is {value}?"
MOST_SELECTIONS = 3
REFERENCE = (
    "A mean, median, quartile, deviation or leading group named in a selection is that of the records"
    " left by the selections before it."
)
"""The convention of every text in which a selection that refers to a statistic follows another one."""


def question(answer: Mapping[str, Term], phrasing: int) -> str:
    """The text of a procedural question: its selections, then what is asked of the records left.

    Args:
        answer: the one answer field and its term.
        phrasing: which of the phrasings of each construction is used.
    """
    (final,) = answer.values()
    selections = chain(asked_of(final).rows())
    openers = OPENERS[phrasing % len(OPENERS)]
    sentences = [
        fill(opener, {"clause": phrase(selection, phrasing)})
        for opener, selection in zip(openers, selections, strict=False)
    ]
    ask = _ask(final, phrasing)
    if selections:
        ask = fill(REMAINING[phrasing % len(REMAINING)], {"ask": ask})
    return " ".join([*sentences, ask[0].upper() + ask[1:]])


def template_question(name: str, bindings: Bindings, axes: Mapping[str, str], phrasing: int) -> str:
    """The text of a template for these bindings, with the axes given stated in it."""
    declared = template(name)
    sentence = declared.sentences[phrasing % len(declared.sentences)]
    return fill(sentence, _fillings(declared, bindings, axes))


def phrase(node: Term, phrasing: int) -> str:
    """The noun phrase of a term, or the clause of a selection."""
    phrases = node.declared.phrases
    return _fill_slots(phrases[phrasing % len(phrases)], node, phrasing)


def asked_of(final: Term) -> Term:
    """The term whose records the selections lead to; for a change, the one after it."""
    first = final.inputs[0]
    return first if final.operator == "change" and isinstance(first, Term) else final


def hint(answer: Mapping[str, Term]) -> str:
    """A plan in one or two sentences, without numbers from the data."""
    plans: list[str] = []
    for node in answer.values():
        _plans_of(node, plans)
    first, rest = plans[0], plans[1:]
    sentence = f"{first[0].upper()}{first[1:]}."
    return sentence if not rest else f"{sentence} Then {', then '.join(rest)}."


def format_note(answer: Mapping[str, Term], contract: AnswerContract, columns: Columns) -> str:
    """What the answer must look like, and the conventions that settle what the text leaves open."""
    conventions = conventions_of(answer.values(), columns)
    return "\n".join([format_of(contract), *(f"Convention: {sentence}" for sentence in conventions)])


def conventions_of(nodes: Collection[Term], columns: Columns) -> list[str]:
    """The sentences that settle axes in the format note, each once."""
    refers = any(
        part.declared.refers and isinstance(part.rows(), Term) for node in nodes for part in parts(node)
    )
    found = (
        note(part, axis, option, columns)
        for node in nodes
        for part in parts(node)
        for axis, option in part.axes
    )
    said = [sentence for sentence in dict.fromkeys(found) if sentence]
    return [REFERENCE, *said] if refers else said


def note(node: Term, axis: str, option: str, columns: Columns) -> str:
    """The format note's sentence for an option; empty when the text itself states it."""
    declared = node.declared.axis(axis)
    sentence = declared.notes.get(option, "")
    literal = declared.literal(option, columns)
    names = tuple(str(name) for name in literal) if isinstance(literal, tuple) else ()
    return fill(sentence, {"value": listing(names) if names else "none here"}) if sentence else ""


def _ask(final: Term, phrasing: int) -> str:
    asks = final.declared.asks
    if asks:
        return _fill_slots(asks[phrasing % len(asks)], final, phrasing)
    return fill(WHAT_IS, {"value": phrase(final, phrasing)})


def _fill_slots(pattern: str, node: Term, phrasing: int) -> str:
    values: dict[str, str] = {}
    inputs = dict(zip(node.declared.inputs, node.inputs, strict=True))
    settled = dict(node.axes)
    axes = {axis.name: axis for axis in node.declared.axes}
    for slot in slots(pattern):
        child = inputs.get(slot)
        if isinstance(child, Term):
            values[slot] = phrase(child, phrasing)
        elif slot in axes:
            values[slot] = axes[slot].words[settled[slot]] if slot in settled else axes[slot].unsaid
        else:
            values[slot] = said(node.parameter(slot), phrasing)
    return fill(pattern, values)


def said(bound: Bound, phrasing: int = 0) -> str:
    """What a parameter is bound to, as it stands in a text: a literal, or the phrase of a step."""
    return phrase(bound, phrasing) if isinstance(bound, Term) else word_of(bound)


def plan_of(node: Term) -> str:
    """What a person would set out to do for a step, in the imperative."""
    pattern = node.declared.plan
    return fill(pattern, {slot: said(node.parameter(slot)) for slot in slots(pattern)})


def word_of(value: object) -> str:
    """A parameter as it stands in a text; a share as a percentage."""
    if isinstance(value, float) and 0 < value < 1:
        return f"{value * 100:g}%"
    return quoted(value)


def _fillings(declared: Template, bindings: Bindings, axes: Mapping[str, str]) -> dict[str, str]:
    values = {name: word_of(bindings[name]) for name in declared.parameters}
    for axis in declared.axes:
        values[axis.name] = axis.words[axes[axis.name]] if axis.name in axes else axis.unsaid
    return values


def _plans_of(node: Input, plans: list[str]) -> None:
    """The plans of a term's inputs, then its own; each once."""
    if not isinstance(node, Term):
        return
    for child in node.children():
        _plans_of(child, plans)
    if (plan := plan_of(node)) not in plans:
        plans.append(plan)
