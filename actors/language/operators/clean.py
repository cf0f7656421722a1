"""Cleaning: records without a value, records far from the rest, and records that are there twice."""

from collections.abc import Mapping

import numpy as np

from actors.language.coded import Codes, Known, Measure, Places
from actors.language.operator import Frame, Operator, Series
from actors.language.operators.axes import DDOF, MAD_SCALE, QUANTILE


class Recorded(Operator):
    """Records that have a value in a column."""

    name = "recorded"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"column": "column"}
    result = "table"
    phrases = ("for which {column} is known",)
    turns_on_missing = True
    plan = "leave out the records without {column}"
    variable = "complete"

    @staticmethod
    def idiom(rows: Frame, column: Series) -> Frame:
        return rows[column.notna()]

    @staticmethod
    def arithmetic(rows: Places, column: Known) -> Places:
        return rows[column]


class WithinFences(Operator):
    """Records whose measure lies within Tukey's fences: 1.5 interquartile ranges beyond the quartiles."""

    name = "within_fences"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (QUANTILE,)
    phrases = (
        "whose {measure} lies at most 1.5 interquartile ranges beyond the quartiles",
        "whose {measure} is no outlier by the 1.5 interquartile range rule",
    )
    refers = True
    plan = "leave out the outliers of {measure}"
    variable = "usual"
    mistaken_for = "within_deviations"

    @staticmethod
    def idiom(rows: Frame, measure: Series, quantile: str) -> Frame:
        low = measure.quantile(0.25, interpolation=quantile)
        high = measure.quantile(0.75, interpolation=quantile)
        reach = (1.5 + 1e-9) * (high - low)
        return rows[measure.between(low - reach, high + reach)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, quantile: str) -> Places:
        ranked = np.sort(measure[~np.isnan(measure)])
        quarters = []
        for quarter in (0.25, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            quarters.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        reach = (1.5 + 1e-9) * (quarters[1] - quarters[0])
        chosen = (measure >= quarters[0] - reach) & (measure <= quarters[1] + reach)
        return rows[chosen]


class WithinDeviations(Operator):
    """Records whose measure lies within two standard deviations of its mean."""

    name = "within_deviations"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (DDOF,)
    phrases = ("whose {measure} lies within two {ddof} standard deviations of the mean",)
    refers = True
    plan = "leave out the records far from the mean of {measure}"
    variable = "usual"
    mistaken_for = "within_fences"

    @staticmethod
    def idiom(rows: Frame, measure: Series, ddof: int) -> Frame:
        distance = (measure - measure.mean()).abs()
        return rows[distance <= 2 * measure.std(ddof=ddof)]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, ddof: int) -> Places:
        known = measure[~np.isnan(measure)]
        center = np.add.reduce(known) / known.size
        spread = np.sqrt(np.dot(known - center, known - center) / (known.size - ddof))
        chosen = np.abs(measure - center) <= 2 * spread
        return rows[chosen]


class KnownInBoth(Operator):
    """Records that have a value in each of two columns."""

    name = "known_in_both"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"column": "column", "other": "column"}
    result = "table"
    phrases = ("for which both {column} and {other} are known",)
    turns_on_missing = True
    plan = "leave out the records without {column} or without {other}"
    variable = "complete"

    @staticmethod
    def idiom(rows: Frame, column: Series, other: Series) -> Frame:
        return rows[column.notna() & other.notna()]

    @staticmethod
    def arithmetic(rows: Places, column: Known, other: Known) -> Places:
        return rows[column & other]


class WithinMad(Operator):
    """Records whose measure lies within three median absolute deviations of its median."""

    name = "within_mad"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (MAD_SCALE,)
    phrases = ("whose {measure} lies within three {mad_scale} median absolute deviations of the median",)
    refers = True
    plan = "leave out the records far from the median of {measure}"
    variable = "usual"
    mistaken_for = "within_deviations"

    @staticmethod
    def idiom(rows: Frame, measure: Series, mad_scale: float) -> Frame:
        distance = (measure - measure.median()).abs()
        return rows[distance <= 3 * mad_scale * distance.median()]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, mad_scale: float) -> Places:
        known = np.sort(measure[~np.isnan(measure)])
        middle = (known[(known.size - 1) // 2] + known[known.size // 2]) / 2
        distance = np.sort(np.abs(known - middle))
        usual = (distance[(known.size - 1) // 2] + distance[known.size // 2]) / 2
        chosen = np.abs(measure - middle) <= 3 * mad_scale * usual
        return rows[chosen]


class TrimmedUntilStable(Operator):
    """Records left when those beyond Tukey's fences are left out again and again until there are none."""

    name = "trimmed_until_stable"
    family = "clean"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "table"
    axes = (QUANTILE,)
    phrases = (
        (
            "that are left when outliers of {measure} by the 1.5 interquartile range rule are removed again"
            " and again until there are none"
        ),
    )
    refers = True
    plan = "leave out the outliers of {measure} until there are none"
    variable = "usual"
    mistaken_for = "within_fences"

    @staticmethod
    def idiom(rows: Frame, measure: Series, quantile: str) -> Frame:
        kept, before = measure.dropna(), 0
        while len(kept) != before:
            before = len(kept)
            low = kept.quantile(0.25, interpolation=quantile)
            high = kept.quantile(0.75, interpolation=quantile)
            reach = (1.5 + 1e-9) * (high - low)
            kept = kept[kept.between(low - reach, high + reach)]
        return rows.loc[kept.index]

    @staticmethod
    def arithmetic(rows: Places, measure: Measure, quantile: str) -> Places:
        inside, settled = ~np.isnan(measure), False
        while not settled:
            ranked = np.sort(measure[inside])
            quarters = []
            for quarter in (0.25, 0.75):
                place = quarter * (ranked.size - 1)
                below = int(place)
                part = place - below if quantile == "linear" else 0.5 * (place > below)
                above = min(below + 1, ranked.size - 1)
                quarters.append(ranked[below] + part * (ranked[above] - ranked[below]))
            reach = (1.5 + 1e-9) * (quarters[1] - quarters[0])
            inside = (measure >= quarters[0] - reach) & (measure <= quarters[1] + reach) & inside
            settled = np.count_nonzero(inside) == ranked.size
        return rows[inside]


class WithoutRepeats(Operator):
    """Records, each once: of those that are the same in every column one is kept."""

    name = "without_repeats"
    family = "clean"
    inputs = {"rows": "table"}
    result = "table"
    phrases = (
        "that differ from each other, so that of those equal in every respect only one counts",
        "that are left when of those equal in every respect only one counts",
    )
    plan = "count {records} that are there twice only once"
    variable = "distinct"

    @staticmethod
    def idiom(rows: Frame) -> Frame:
        return rows.drop_duplicates()

    @staticmethod
    def arithmetic(rows: Places, alike: Mapping[str, Codes]) -> Places:
        spelled = np.column_stack([alike[name][rows] for name in alike])
        _, first = np.unique(spelled, axis=0, return_index=True)
        return rows[np.sort(first)]
