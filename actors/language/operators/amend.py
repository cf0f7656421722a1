"""Cleaning a column: gaps filled, far values drawn in, labels brought to one spelling."""

import numpy as np

from actors.language.coded import Category, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import MISSING_GROUP, QUANTILE


class FilledWithMean(Operator):
    """A measure with its mean over the records at hand in place of missing values."""

    name = "filled_with_mean"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    demands = {"measure": "lacking"}
    result = "measure"
    phrases = ("imputed {measure} (missing values replaced by the mean)",)
    refers = True
    turns_on_missing = True
    plan = "fill the gaps of {measure} with the mean"
    variable = "filled"
    mistaken_for = "filled_with_median"
    called = "imputed measure"

    @staticmethod
    def idiom(measure: Series) -> Series:
        return measure.fillna(measure.mean())

    @staticmethod
    def arithmetic(measure: Measure) -> Measure:
        known = measure[~np.isnan(measure)]
        return np.where(np.isnan(measure), np.add.reduce(known) / known.size, measure)


class FilledWithMedian(Operator):
    """A measure with its median over the records at hand in place of missing values."""

    name = "filled_with_median"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    demands = {"measure": "lacking"}
    result = "measure"
    phrases = ("imputed {measure} (missing values replaced by the median)",)
    refers = True
    turns_on_missing = True
    plan = "fill the gaps of {measure} with the median"
    variable = "filled"
    mistaken_for = "filled_with_mean"
    called = "imputed measure"

    @staticmethod
    def idiom(measure: Series) -> Series:
        return measure.fillna(measure.median())

    @staticmethod
    def arithmetic(measure: Measure) -> Measure:
        known = np.sort(measure[~np.isnan(measure)])
        middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
        return np.where(np.isnan(measure), middle, measure)


class FilledWithGroupMedian(Operator):
    """A measure with the median of a record's own group in place of a missing value."""

    name = "filled_with_group_median"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "category": "category"}
    demands = {"measure": "lacking"}
    result = "measure"
    axes = (MISSING_GROUP,)
    phrases = ("imputed {measure} (missing values replaced by the median of their own {category})",)
    refers = True
    turns_on_missing = True
    plan = "fill the gaps of {measure} with the median of their own {category}"
    variable = "filled"
    called = "imputed measure"

    @staticmethod
    def idiom(measure: Series, category: Series, missing: bool) -> Series:
        return measure.fillna(measure.groupby(category, dropna=missing).transform("median"))

    @staticmethod
    def arithmetic(measure: Measure, category: Category, missing: bool) -> Measure:
        codes, levels = category
        if not missing:
            codes = np.where(codes < 0, len(levels), codes)
        filled = measure.copy()
        for group in np.flatnonzero(np.bincount(codes[codes >= 0])):
            known = np.sort(measure[(codes == group) & ~np.isnan(measure)])
            if known.size:
                middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
                filled[(codes == group) & np.isnan(measure)] = middle
        return filled


class ClippedToFences(Operator):
    """A measure whose values beyond Tukey's fences are set to the nearer fence."""

    name = "clipped_to_fences"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    demands = {"measure": "outlying"}
    result = "measure"
    axes = (QUANTILE,)
    phrases = ("clipped {measure} (1.5 interquartile ranges beyond the quartiles at most)",)
    refers = True
    explained = "What is clipped takes the nearest value that is still allowed."
    plan = "draw the outliers of {measure} in to the limit"
    variable = "clipped"
    called = "clipped measure"

    @staticmethod
    def idiom(measure: Series, quantile: str) -> Series:
        low = measure.quantile(0.25, interpolation=quantile)
        high = measure.quantile(0.75, interpolation=quantile)
        reach = 1.5 * (high - low)
        return measure.clip(low - reach, high + reach)

    @staticmethod
    def arithmetic(measure: Measure, quantile: str) -> Measure:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        reach = 1.5 * (quarters[1] - quarters[0])
        return np.minimum(np.maximum(measure, quarters[0] - reach), quarters[1] + reach)


class NormalisedLabels(Operator):
    """A category whose labels are in lower case and without white space around them."""

    name = "normalised_labels"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"category": "category"}
    demands = {"category": "inconsistent"}
    result = "category"
    phrases = ("normalised {category} (case and surrounding white space ignored)",)
    explained = "A normalised label is in lower case and has no white space around it."
    plan = "bring the labels of {category} to one spelling"
    variable = "labels"
    called = "normalised label"

    @staticmethod
    def idiom(category: Series) -> Series:
        return category.str.strip().str.lower()

    @staticmethod
    def arithmetic(category: Category) -> Category:
        codes, levels = category
        plain = [level.strip().lower() for level in levels]
        names = sorted(set(plain))
        places = np.array([*(names.index(name) for name in plain), -1])
        return places[codes], names


class ParsedNumber(Operator):
    """The number that a text is, such as 1,234 or $12.50 or 5%."""

    name = "parsed_number"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"numeral": "numeral"}
    result = "measure"
    phrases = ("numeric value of {numeral}",)
    explained = "A numeric value is the number as it is written, without a currency, unit or percent sign."
    plan = "read {numeral} as numbers"
    variable = "amount"
    called = "numeric value"

    @staticmethod
    def idiom(numeral: Series, thousands: str, decimal: str, before: str, after: str) -> Series:
        plain = numeral.str.replace(r"\s", "", regex=True)
        if before != "":
            plain = plain.str.replace(before, "", regex=False)
        if after != "":
            plain = plain.str.replace(after, "", regex=False)
        if thousands != "":
            plain = plain.str.replace(thousands, "", regex=False)
        if decimal != ".":
            plain = plain.str.replace(decimal, ".", regex=False)
        return plain.astype(float)

    @staticmethod
    def arithmetic(numeral: Category, thousands: str, decimal: str, before: str, after: str) -> Measure:
        codes, levels = numeral
        plain = ["".join(text.split()) for text in levels]
        for mark in (before, after, thousands):
            plain = ["".join(text.split(mark)) for text in plain] if mark else plain
        amounts = np.array([*(float(".".join(text.split(decimal))) for text in plain), np.nan])
        return amounts[codes]
