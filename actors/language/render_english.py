"""A program in words: its question, its format note, its hint.

A question is a row of sentences. Each selection of records is a sentence of its own, so that no two
clauses compete for one referent; the last sentence asks. What the reader is free to choose is exactly
what no axis of a term settles.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from actors.language.kinds import COLUMN_KINDS, ParameterKind
from actors.language.lexicon import Lexicon
from actors.language.operator import IllTyped, Operator
from actors.language.pattern import PLACES, Slot, fill, quoted, slots
from actors.language.templates import template
from actors.language.templates.template import Bindings, Template
from actors.language.term import Bound, Input, Term, chain, parts


@dataclass(frozen=True)
class Style:
    """A way to lead from the records of the table to what is asked of some of them."""

    leads: tuple[str, ...]
    """The sentences before the last selection, the first of them first."""
    last: tuple[str, ...]
    """The last selection and what is asked, by how many sentences stand before them."""


STYLES = (
    Style(
        ("Consider the {records} {clause}.", "Of these, keep those {clause}."),
        (
            "Among the {records} {clause}, {ask}",
            "Among those of them {clause}, {ask}",
            "Among the ones kept {clause}, {ask}",
        ),
    ),
    Style(
        ("Take only the {records} {clause}.", "Narrow them to those {clause}."),
        (
            "Looking only at the {records} {clause}, {ask}",
            "Of these, looking only at the ones {clause}, {ask}",
            "Then, looking only at the ones {clause}, {ask}",
        ),
    ),
)
"""One text keeps to one of them."""
PHRASINGS = range(len(STYLES))
WHAT_IS = "what is {value}?"
NOUNS = ("record", "records")
"""Slots that the table's own noun fills."""


def question(answer: Mapping[str, Term], phrasing: int, words: Lexicon) -> str:
    """The text of a procedural question: its selections, then what is asked of the records left.

    Args:
        answer: the one answer field and its term.
        phrasing: which of the phrasings of each construction is used.
        words: what things are called.
    """
    (final,) = answer.values()
    selections = chain(asked_of(final).rows())
    ask = _ask(final, phrasing, words)
    if not selections:
        return ask[0].upper() + ask[1:]
    style, before = STYLES[phrasing % len(STYLES)], len(selections) - 1
    patterns = (*style.leads[:before], style.last[before])
    return " ".join(
        fill(pattern, _nouns(words) | {"clause": phrase(selection, phrasing, words), "ask": ask})
        for pattern, selection in zip(patterns, selections, strict=True)
    )


def template_question(
    name: str, bindings: Bindings, axes: Mapping[str, str], phrasing: int, words: Lexicon
) -> str:
    """The text of a template for these bindings, with the axes given stated in it."""
    declared = template(name)
    sentence = declared.sentences[phrasing % len(declared.sentences)]
    filled = fill(sentence, _fillings(declared, bindings, axes, words))
    return filled[0].upper() + filled[1:]


def phrase(node: Term, phrasing: int, words: Lexicon) -> str:
    """The noun phrase of a term, or the clause of a selection."""
    phrases = node.declared.phrases
    return _fill_slots(phrases[phrasing % len(phrases)], node, phrasing, words)


def contrast(node: Term, phrasing: int, words: Lexicon) -> str:
    """What a term is called right after its contrary."""
    return _fill_slots(node.declared.contrast, node, phrasing, words)


def is_contrary(node: Term, first: Input) -> bool:
    """Whether a term can be told in short, being the contrary of what was just told."""
    return bool(node.declared.contrast) and isinstance(first, Term) and first.contrary() == node


def asked_of(final: Term) -> Term:
    """The term whose records the selections lead to; for a change, the one after it."""
    first = final.inputs[0]
    return first if final.operator == "change" and isinstance(first, Term) else final


def hint(answer: Mapping[str, Term], words: Lexicon) -> str:
    """A plan in one or two sentences, without numbers from the data."""
    plans: list[str] = []
    for node in answer.values():
        _plans_of(node, plans, words)
    first, rest = plans[0], plans[1:]
    sentence = f"{first[0].upper()}{first[1:]}."
    return sentence if not rest else f"{sentence} Then {', then '.join(rest)}."


def _ask(final: Term, phrasing: int, words: Lexicon) -> str:
    asks = final.declared.asks
    if asks:
        return _fill_slots(asks[phrasing % len(asks)], final, phrasing, words)
    return fill(WHAT_IS, {"value": phrase(final, phrasing, words)})


def _fill_slots(pattern: str, node: Term, phrasing: int, words: Lexicon) -> str:
    values = _nouns(words)
    inputs = dict(zip(node.declared.inputs, node.inputs, strict=True))
    settled = dict(node.axes)
    axes = {axis.name: axis for axis in node.declared.axes}
    for slot in slots(pattern):
        child = inputs.get(slot.name)
        if isinstance(child, Term):
            values[_key(slot)] = _input(node, slot.name, child, phrasing, words)
        elif slot.name in axes:
            axis = axes[slot.name]
            values[slot.name] = axis.words[settled[slot.name]] if slot.name in settled else axis.unsaid
        elif slot.name not in NOUNS:
            bound = node.parameter(slot.name)
            spelled = said(bound, kind_of(node, slot.name), words, phrasing)
            values[_key(slot)] = _with_article(spelled, bound, slot)
    return fill(pattern, values)


def _input(node: Term, name: str, child: Term, phrasing: int, words: Lexicon) -> str:
    """What an input is called; in short where what it is about was just told."""
    if name == "second" and is_contrary(child, node.inputs[list(node.declared.inputs).index("first")]):
        return contrast(child, phrasing, words)
    pattern = child.declared.phrases[phrasing % len(child.declared.phrases)]
    return _fill_slots(again(pattern) if is_again(node.declared, name) else pattern, child, phrasing, words)


def is_again(declared: type[Operator], name: str) -> bool:
    """Whether the words of an operator tell the category of this input before they tell the input."""
    is_label = declared.inputs.get(name) in ("label", "labels")
    return is_label and "category" in {*declared.lifted} & {*declared.parameters}


def again(pattern: str) -> str:
    """The phrase of one label, or of several, whose category was just told."""
    return pattern.replace("values of {the category} ", "", 1).replace("{category}", "one", 1)


def _key(slot: Slot) -> str:
    return f"the {slot.name}" if slot.has_article else slot.name


def _with_article(spelled: str, bound: Bound, slot: Slot) -> str:
    return f"the {spelled}" if slot.has_article and isinstance(bound, Term) else spelled


def _nouns(words: Lexicon) -> dict[str, str]:
    return {"record": words.record, "records": words.records}


def kind_of(node: Term, name: str) -> ParameterKind:
    """The kind of a parameter, its own or one that it lifts."""
    for part in parts(node):
        if name in part.declared.parameters:
            return part.declared.parameters[name]
    msg = f"{node.operator} has no {name}"
    raise IllTyped(msg)


def said(bound: Bound, kind: ParameterKind, words: Lexicon, phrasing: int = 0) -> str:
    """What a parameter is bound to, as it stands in a text: a name, a literal, or the phrase of a step."""
    if isinstance(bound, Term):
        return phrase(bound, phrasing, words)
    return words.name(str(bound)) if kind in COLUMN_KINDS else word_of(bound, kind)


def plan_of(node: Term, words: Lexicon) -> str:
    """What a person would set out to do for a step, in the imperative."""
    pattern = node.declared.plan
    values = _nouns(words)
    for slot in slots(pattern):
        if slot.name not in NOUNS:
            bound = node.parameter(slot.name)
            values[_key(slot)] = _in_short(bound, kind_of(node, slot.name), words, slot)
    return fill(pattern, values)


def _in_short(bound: Bound, kind: ParameterKind, words: Lexicon, slot: Slot) -> str:
    """What a parameter is bound to, as it stands in a hint; a derived column was told of in full before."""
    if not isinstance(bound, Term):
        return said(bound, kind, words)
    called = bound.declared.called
    return f"the {called}" if kind == "measure" or slot.has_article else called


def word_of(value: object, kind: ParameterKind) -> str:
    """A literal as it stands in a text; a share as a percentage, a place in an order as a word."""
    if kind == "share" and isinstance(value, float):
        return f"{value * 100:g}%"
    if kind == "place" and isinstance(value, int):
        return PLACES[value]
    return str(value) if kind == "day" else quoted(value)


def _fillings(
    declared: Template, bindings: Bindings, axes: Mapping[str, str], words: Lexicon
) -> dict[str, str]:
    values = _nouns(words)
    for name, kind in declared.parameters.items():
        spelled = said(bindings[name], kind, words)
        values |= {name: spelled, f"the {name}": spelled}
    for axis in declared.axes:
        values[axis.name] = axis.words[axes[axis.name]] if axis.name in axes else axis.unsaid
    chosen = {name: fill(ways[bindings[name]], values) for name, ways in declared.choices.items()}
    return values | chosen


def _plans_of(node: Input, plans: list[str], words: Lexicon) -> None:
    """The plans of a term's inputs, then its own; each once."""
    if not isinstance(node, Term):
        return
    for child in node.children():
        _plans_of(child, plans, words)
    if (plan := plan_of(node, words)) not in plans:
        plans.append(plan)
