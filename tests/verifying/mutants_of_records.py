"""Mutants written by hand: answer, contract, note, hint or recipe are not those of the question."""

from collections.abc import Callable

from msgspec.structs import replace

from events.answers import AnswerField, Form
from events.question import Question
from tests.verifying import mutant_bases as of
from tests.verifying.mutants import Base, Mutant, answered, changed, question


def _field(new: Callable[[AnswerField], AnswerField]) -> Callable[[Question], Question]:
    """The first field of the contract is another."""

    def spoil(asked: Question) -> Question:
        first, *others = asked.contract.fields
        return replace(asked, contract=replace(asked.contract, fields=(new(first), *others)))

    return spoil


def _note(old: str, new: str) -> Callable[[Question], Question]:
    def spoil(asked: Question) -> Question:
        assert asked.format.count(old) == 1, (old, asked.format)
        return replace(asked, format=asked.format.replace(old, new))

    return spoil


def _hint_of(base: Base, other: Base) -> Mutant:
    return Mutant(
        "hint of another route",
        base,
        lambda asked, subject: replace(asked, hint=question(other, subject).hint),
    )


def _bindings(**new: str) -> Callable[[Question], Question]:
    return lambda asked: replace(
        asked, recipe=replace(asked.recipe, bindings={**asked.recipe.bindings, **new})
    )


ANSWERS: tuple[Mutant, ...] = (
    answered("another answer", of.COUNT, lambda gold: {"count": gold["count"] + 1}),
    answered("another answer", of.SPECIES, lambda _: {"group": "Chinstrap"}),
    answered("another answer", of.STRONGEST, lambda _: {"variables": ("bill", "flipper")}),
    answered("in another unit", of.TOTAL, lambda gold: {"value": gold["value"] * 1000}),
    answered("in another unit", of.SHARE, lambda gold: {"value": gold["value"] * 100}),
    answered("in another unit", of.PERCENTAGE, lambda gold: {"percentage": gold["percentage"] / 100}),
    answered("rounded otherwise", of.SLOPE, lambda gold: {"value": round(gold["value"], 1)}),
    answered("rounded otherwise", of.PEARSON, lambda gold: {"value": round(gold["value"], 2)}),
    answered("fields exchanged", of.TAIL, lambda gold: {"limit": gold["mean"], "mean": gold["limit"]}),
    answered("fields exchanged", of.HALF, lambda gold: {"lower": gold["upper"], "upper": gold["lower"]}),
    answered("another sign", of.KNOWN, lambda gold: {"change": -gold["change"]}),
)
CONTRACTS: tuple[Mutant, ...] = (
    changed("another contract", of.SLOPE, _field(lambda field: replace(field, decimals=1))),
    changed("another contract", of.MEAN, _field(lambda field: replace(field, absolute=10.0))),
    changed("another contract", of.TOTAL, _field(lambda field: replace(field, relative=0.5))),
    changed("another contract", of.COUNT, _field(lambda field: replace(field, kind="number", decimals=0))),
    changed("another contract", of.SHARE, _field(lambda field: replace(field, more=Form(percent="points")))),
    changed("another contract", of.PEARSON, _field(lambda field: replace(field, decimals=6))),
    changed("another contract", of.STRONGEST, _field(lambda field: replace(field, ordered=True))),
    changed("another contract", of.MEDIAN, _field(lambda field: replace(field, name="median"))),
)
NOTES: tuple[Mutant, ...] = (
    changed("another note", of.SLOPE, _note("rounded to 4 decimals", "rounded to 1 decimal")),
    changed(
        "another note", of.MEAN, _note('flipper is the column "flipper"', 'flipper is the column "bill"')
    ),
    changed("another note", of.TAIL, _note("- mean: a number", "- median: a number")),
)
HINTS: tuple[Mutant, ...] = (
    _hint_of(of.MEAN, of.LATEST),
    _hint_of(of.RATIO, of.PERCENTAGE),
)
RECIPES: tuple[Mutant, ...] = (
    changed("bindings exchanged", of.RATIO, _bindings(level="Adelie", other_level="Gentoo")),
    changed("bindings exchanged", of.PARTIAL, _bindings(third="flipper", other="mass")),
)
MUTANTS = (*ANSWERS, *CONTRACTS, *NOTES, *HINTS, *RECIPES)
