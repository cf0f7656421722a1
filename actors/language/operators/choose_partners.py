"""Which other numeric columns go best, or least, with a measure; and the values of what was chosen."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Names, Operator, Series
from actors.language.operators.axes import COPIES
from actors.language.operators.later import stats


class StrongestRankPartner(Operator):
    """The column, of those considered, that goes most closely with a measure by ranks; copies aside."""

    name = "strongest_rank_partner"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    parameters = {"measure": "measure"}
    result = "header"
    explained = COPIES
    phrases = ()
    searchable = False
    plan = "correlate the ranks of {measure} with those of every other numeric variable"
    variable = "partner"
    opposite = "weakest_rank_partner"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], measure: Series) -> str:
        strength = rows[columns].corrwith(measure, method="spearman").abs()
        return str(strength[strength < 0.9999].idxmax())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure) -> str:
        found = {}
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            ranks = []
            for amounts in (measure[both], numbers[name][rows][both]):
                _, place, times = np.unique(amounts, return_inverse=True, return_counts=True)
                ranks.append((np.cumsum(times) - (times - 1) / 2)[place] - (amounts.size + 1) / 2)
            scale = math.sqrt(np.add.reduce(ranks[0] ** 2) * np.add.reduce(ranks[1] ** 2))
            found[name] = abs(np.add.reduce(ranks[0] * ranks[1])) / scale if scale > 0 else 1.0
        partners = {name: strength for name, strength in found.items() if strength < 0.9999}
        return max(partners, key=lambda name: partners[name])

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure
    ) -> tuple[str, float]:
        """By what share the strongest exceeds the next."""
        found = []
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            found.append(abs(stats.spearmanr(measure[both], numbers[name][rows][both]).statistic))
        ranked = sorted(strength for strength in found if strength < 0.9999)
        return "strongest", ranked[-1] / ranked[-2] - 1


class WeakestRankPartner(Operator):
    """The column, of those considered, whose Spearman correlation with a measure is closest to zero."""

    name = "weakest_rank_partner"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    parameters = {"measure": "measure"}
    result = "header"
    explained = COPIES
    phrases = ()
    searchable = False
    plan = "correlate the ranks of {measure} with those of every other numeric variable"
    variable = "partner"
    opposite = "strongest_rank_partner"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], measure: Series) -> str:
        strength = rows[columns].corrwith(measure, method="spearman").abs()
        return str(strength[strength < 0.9999].idxmin())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure) -> str:
        found = {}
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            ranks = []
            for amounts in (measure[both], numbers[name][rows][both]):
                _, place, times = np.unique(amounts, return_inverse=True, return_counts=True)
                ranks.append((np.cumsum(times) - (times - 1) / 2)[place] - (amounts.size + 1) / 2)
            scale = math.sqrt(np.add.reduce(ranks[0] ** 2) * np.add.reduce(ranks[1] ** 2))
            found[name] = abs(np.add.reduce(ranks[0] * ranks[1])) / scale if scale > 0 else 1.0
        partners = {name: strength for name, strength in found.items() if strength < 0.9999}
        return min(partners, key=lambda name: partners[name])

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure
    ) -> tuple[str, float]:
        """By what share the weakest falls short of the next."""
        found = []
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            found.append(abs(stats.spearmanr(measure[both], numbers[name][rows][both]).statistic))
        ranked = sorted(strength for strength in found if strength < 0.9999)
        return "weakest", 1 - ranked[0] / ranked[1]


class StrongestPartners(Operator):
    """The three columns, of those considered, with the strongest Pearson correlations; copies aside."""

    name = "strongest_partners"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    parameters = {"measure": "measure"}
    result = "labels"
    explained = COPIES
    phrases = ()
    searchable = False
    plan = "find the three other numeric variables that go most closely with {measure}"
    variable = "partners"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], measure: Series) -> Names:
        strength = rows[columns].corrwith(measure).abs()
        return strength[strength < 0.9999].nlargest(3).index.tolist()

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure
    ) -> Names:
        found = {}
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            left, right = measure[both], numbers[name][rows][both]
            if left.size > 1 and left.min() < left.max() and right.min() < right.max():
                left, right = (
                    left - np.add.reduce(left) / left.size,
                    right - np.add.reduce(right) / right.size,
                )
                scale = math.sqrt(np.add.reduce(left**2) * np.add.reduce(right**2))
                found[name] = abs(np.add.reduce(left * right)) / scale
        partners = sorted((name for name in found if found[name] < 0.9999), key=lambda name: -found[name])
        return partners[:3]

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], measure: Measure
    ) -> tuple[str, float]:
        """By what share each of the first three exceeds the next."""
        found = []
        for name in columns:
            both = ~np.isnan(measure) & ~np.isnan(numbers[name][rows])
            found.append(abs(np.corrcoef(measure[both], numbers[name][rows][both])[0, 1]))
        ranked = sorted((strength for strength in found if strength < 0.9999), reverse=True)
        if len(ranked) < 3:
            raise ValueError("fewer than three others")
        leads = [one / other - 1 for one, other in pairwise(ranked[:4])]
        return "strongest", float(min(leads))


class ValuesOf(Operator):
    """The values of the column that an earlier step decided on."""

    name = "values_of"
    family = "choose"
    inputs = {"rows": "table", "named": "header"}
    result = "measure"
    phrases = ()
    searchable = False
    plan = "take the values of that variable"
    variable = "amounts"
    called = "chosen variable"

    @staticmethod
    def idiom(rows: Frame, named: str) -> Series:
        return rows[named]

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], named: str) -> Measure:
        return numbers[named][rows]


class ValuesAt(Operator):
    """The values of the first, second or third of the columns that an earlier step decided on."""

    name = "values_at"
    family = "choose"
    inputs = {"rows": "table", "named": "labels"}
    parameters = {"position": "whole"}
    result = "measure"
    phrases = ()
    searchable = False
    plan = "take the values of these variables"
    variable = "amounts"
    called = "chosen variable"

    @staticmethod
    def idiom(rows: Frame, named: list[str], position: int) -> Series:
        return rows[named[position - 1]]

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], named: list[str], position: int) -> Measure:
        return numbers[named[position - 1]][rows]


class NamedLevel(Operator):
    """A level of a category that the text names."""

    name = "named_level"
    family = "choose"
    inputs = {"rows": "table"}
    parameters = {"category": "category", "level": "level"}
    result = "label"
    phrases = ()
    searchable = False
    plan = "look at the {category} that is named"
    variable = "named"

    @staticmethod
    def idiom(category: Series, level: Any) -> Any:
        return category[category == level].iloc[0]

    @staticmethod
    def arithmetic(category: tuple[Any, list[Any]], level: Any) -> Any:
        _, levels = category
        return levels[levels.index(level)]
