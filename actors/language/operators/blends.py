"""New columns from the values of one or two: midpoints, rounded values, bands, combinations."""

import math
from typing import Any

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes_of_scope import HALVES, PARTS_KNOWN
from events.question import Scalar


def round_limits(amounts: Measure) -> tuple[Scalar, ...]:
    """Multiples of 1, 2 or 5 times a power of ten, through most of the range of the values."""
    known = amounts[~np.isnan(amounts)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if not 0 < high - low < math.inf:
        return ()
    wanted = (high - low) / 5
    power = math.floor(math.log10(wanted))
    # The logarithm of what lies just below a power of ten is rounded to that of the power itself.
    step = next((nice for nice in (5, 2, 1) if nice * 10.0**power <= wanted), 1) * 10.0**power
    places = range(math.ceil(low / step), math.floor(high / step) + 1)
    spelled = [round(place * step, max(0, -power)) for place in places]
    return tuple(int(value) if value == int(value) else value for value in spelled)


def round_widths(amounts: Measure) -> tuple[Scalar, ...]:
    """Widths of 1, 2 or 5 times a power of ten, of which some 5 to 20 cover the middle of the values."""
    known = amounts[~np.isnan(amounts)]
    low, high = np.quantile(known, [0.02, 0.98]) if known.size else (0.0, 0.0)
    if not 0 < high - low < math.inf:
        return ()
    power = math.floor(math.log10(high - low))
    widths = [nice * 10.0**place for place in (power - 1, power) for nice in (1, 2, 5)]
    fitting = [width for width in widths if 3 <= (high - low) / width <= 20]
    return tuple(int(width) if width == int(width) else width for width in fitting)


class Midpoint(Operator):
    """The mean of two measures, record by record."""

    name = "midpoint"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "measure"
    phrases = ("midpoint of {measure} and {other}",)
    explained = "A midpoint exists only where both values are known."
    plan = "take the midpoint of {measure} and {other}"
    variable = "midpoint"
    called = "midpoint"
    mistaken_for = "difference"

    @staticmethod
    def idiom(measure: Series, other: Series) -> Series:
        return (measure + other) / 2

    @staticmethod
    def arithmetic(measure: Measure, other: Measure) -> Measure:
        return 0.5 * measure + 0.5 * other


class AmountAbove(Operator):
    """How far a measure lies above a round number; nothing where it lies below."""

    name = "amount_above"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "limit": "number"}
    constants = {"limit": round_limits}
    result = "measure"
    phrases = ("amount by which {measure} exceeds {limit} (0 where it does not)",)
    plan = "take what {measure} has above the limit"
    variable = "above"
    called = "amount above the limit"

    @staticmethod
    def idiom(measure: Series, limit: float) -> Series:
        return (measure - limit).clip(lower=0)

    @staticmethod
    def arithmetic(measure: Measure, limit: float) -> Measure:
        return np.maximum(measure - limit, 0.0)


class Rounded(Operator):
    """A measure rounded to whole numbers."""

    name = "rounded"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "measure"
    axes = (HALVES,)
    phrases = ("rounded {measure}{halves}",)
    plan = "round {measure} to whole numbers"
    variable = "whole"
    called = "whole number"

    @staticmethod
    def idiom(measure: Series, halves: str) -> Series:
        return np.floor(measure + 0.5) if halves == "up" else measure.round()

    @staticmethod
    def arithmetic(measure: Measure, halves: str) -> Measure:
        below = measure - np.mod(measure, 1.0)
        part = measure - below
        odd = np.mod(below, 2.0) == 1
        return below + ((part > 0.5) | ((part == 0.5) & (odd | (halves == "up"))))


class StepBand(Operator):
    """Which band of a round width a value lies in, called by where the band begins."""

    name = "step_band"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "width": "number"}
    constants = {"width": round_widths}
    result = "category"
    phrases = ("band of width {width} of {measure}",)
    explained = (
        "Bands of a given width are counted from 0 and called by the value at which they begin; that value"
        " belongs to them."
    )
    plan = "sort the {records} into bands of {measure}"
    variable = "band"
    called = "band"

    @staticmethod
    def idiom(measure: Series, width: float) -> Series:
        return np.floor(measure / width) * width

    @staticmethod
    def arithmetic(measure: Measure, width: float) -> Category:
        steps = [math.nan if math.isnan(value) else value / width // 1 for value in measure.tolist()]
        levels = sorted({step for step in steps if not math.isnan(step)})
        place = {step: code for code, step in enumerate(levels)}
        return np.array([place.get(step, -1) for step in steps]), [step * width for step in levels]


class EqualBand(Operator):
    """Which of so many equally large groups of records a record belongs to by a measure."""

    name = "equal_band"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "number": "whole"}
    constants = {"number": (4, 2, 3, 5, 10)}
    even = True
    result = "category"
    phrases = ("group, of {number} of equal size, by {measure}",)
    refers = True
    explained = (
        "Groups of equal size are counted from 1 (the lowest values): of n known values one that exceeds r of"
        " them belongs to group 1 + r times the number of groups divided by n, rounded down."
    )
    plan = "sort the {records} by {measure} into groups of equal size"
    variable = "part"
    called = "group of equal size"

    @staticmethod
    def idiom(measure: Series, number: int) -> Series:
        return np.floor((measure.rank(method="min") - 1) * number / measure.count()) + 1

    @staticmethod
    def arithmetic(measure: Measure, number: int) -> Category:
        ranked = np.sort(measure[~np.isnan(measure)])
        lower = np.searchsorted(ranked, measure, side="left")
        codes = lower * number // ranked.size
        return np.where(np.isnan(measure), -1, codes), [float(part + 1) for part in range(number)]


class Combination(Operator):
    """Two categories as one."""

    name = "combination"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "other": "category"}
    result = "category"
    axes = (PARTS_KNOWN,)
    phrases = ("combination of {category} and {other}",)
    explained = 'Combinations are called as in "red and round", the variable named first first.'
    plan = "combine {category} and {other}"
    variable = "combined"
    called = "combination"

    @staticmethod
    def idiom(category: Series, other: Series, parts_known: bool) -> Series:
        both = category.notna() & other.notna()
        first = category.astype(object).fillna("unknown").astype(str)
        second = other.astype(object).fillna("unknown").astype(str)
        combined = (first + " and " + second).astype(object)
        return combined.where(both) if parts_known else combined

    @staticmethod
    def arithmetic(category: Category, other: Category, parts_known: bool) -> Category:
        (left, lefts), (right, rights) = category, other
        spelled = [
            None
            if parts_known and (one < 0 or two < 0)
            else f"{lefts[one] if one >= 0 else 'unknown'} and {rights[two] if two >= 0 else 'unknown'}"
            for one, two in zip(left.tolist(), right.tolist(), strict=True)
        ]
        levels = sorted({text for text in spelled if text is not None})
        place: dict[str | None, int] = {text: code for code, text in enumerate(levels)}
        return np.array([place.get(text, -1) for text in spelled]), levels


class IsLevel(Operator):
    """Whether a category is one level, as a category of two."""

    name = "is_level"
    family = "blend"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "category"
    phrases = ("yes or no to {category} being {level}",)
    explained = 'A yes or no to something is called "yes" or "no", and is missing where that is not known.'
    plan = "tell the {records} with the named {category} from the others"
    variable = "told"
    called = "yes or no"

    @staticmethod
    def idiom(category: Series, level: Any) -> Series:
        return category.eq(level).map({True: "yes", False: "no"}).astype(object).where(category.notna())

    @staticmethod
    def arithmetic(category: Category, level: Any) -> Category:
        codes, levels = category
        wanted = levels.index(level) if level in levels else -2
        return np.array([-1 if code < 0 else int(code == wanted) for code in codes.tolist()]), ["no", "yes"]
