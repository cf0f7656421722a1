"""Which numeric column is meant, by a rule that its winner meets by more than rounding."""

import math
from collections.abc import Mapping

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Operator
from actors.language.operators.axes import DDOF


class HighestVariance(Operator):
    """The column, of those considered, with the largest variance."""

    name = "highest_variance"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    result = "header"
    axes = (DDOF,)
    phrases = ()
    searchable = False
    plan = "find the numeric variable with the largest variance"
    variable = "widest"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], ddof: int) -> str:
        return str(rows[columns].var(ddof=ddof).idxmax())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int) -> str:
        spreads = {}
        for name in columns:
            known = numbers[name][rows][~np.isnan(numbers[name][rows])]
            if known.size > ddof:
                center = np.add.reduce(known) / known.size
                spreads[name] = np.add.reduce((known - center) ** 2) / (known.size - ddof)
        return max(spreads, key=lambda name: spreads[name])

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int
    ) -> tuple[str, float]:
        """By what share the largest exceeds the next."""
        spreads = np.sort([np.nanvar(numbers[name][rows], ddof=ddof) for name in columns])
        return "largest", spreads[-1] / spreads[-2] - 1


class HighestVariation(Operator):
    """The column, of those considered that never fall below zero, that varies most relative to its mean."""

    name = "highest_variation"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    result = "header"
    axes = (DDOF,)
    phrases = ()
    searchable = False
    plan = (
        "find the numeric variable, of those without negative values, that varies most relative to its mean"
    )
    variable = "unsteadiest"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], ddof: int) -> str:
        amounts = rows[columns].loc[:, rows[columns].min() >= 0]
        return str((amounts.std(ddof=ddof) / amounts.mean()).idxmax())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int) -> str:
        found = {}
        for name in columns:
            known = numbers[name][rows][~np.isnan(numbers[name][rows])]
            if known.size > ddof and known.min() >= 0 and known.max() > 0:
                center = np.add.reduce(known) / known.size
                found[name] = math.sqrt(np.add.reduce((known - center) ** 2) / (known.size - ddof)) / center
        return max(found, key=lambda name: found[name])

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int
    ) -> tuple[str, float]:
        """By what share the largest exceeds the next."""
        held = [numbers[name][rows] for name in columns if np.nanmin(numbers[name][rows]) >= 0]
        ranked = np.sort([np.nanstd(column, ddof=ddof) / np.nanmean(column) for column in held])
        return "largest", ranked[-1] / ranked[-2] - 1


class WidestRange(Operator):
    """The column, of those considered, with the largest distance between its lowest and its highest value."""

    name = "widest_range"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    result = "header"
    phrases = ()
    searchable = False
    plan = "find the numeric variable with the widest range"
    variable = "widest"

    @staticmethod
    def idiom(rows: Frame, columns: list[str]) -> str:
        return str((rows[columns].max() - rows[columns].min()).idxmax())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str]) -> str:
        ranges = {}
        for name in columns:
            ranked = np.sort(numbers[name][rows][~np.isnan(numbers[name][rows])])
            if ranked.size:
                ranges[name] = float(ranked[-1] - ranked[0])
        return max(ranges, key=lambda name: ranges[name])

    @staticmethod
    def branch(rows: Places, numbers: Mapping[str, Measure], columns: list[str]) -> tuple[str, float]:
        """By what share the widest exceeds the next."""
        ranges = np.sort(
            [np.nanmax(numbers[name][rows]) - np.nanmin(numbers[name][rows]) for name in columns]
        )
        return "widest", ranges[-1] / ranges[-2] - 1


class LowestMean(Operator):
    """The column, of those considered, with the lowest mean."""

    name = "lowest_mean"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    result = "header"
    phrases = ()
    searchable = False
    plan = "find the numeric variable with the lowest mean"
    variable = "lowest"

    @staticmethod
    def idiom(rows: Frame, columns: list[str]) -> str:
        return str(rows[columns].mean().idxmin())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str]) -> str:
        centers = {}
        for name in columns:
            known = numbers[name][rows][~np.isnan(numbers[name][rows])]
            if known.size:
                centers[name] = np.add.reduce(known) / known.size
        return min(centers, key=lambda name: centers[name])

    @staticmethod
    def branch(rows: Places, numbers: Mapping[str, Measure], columns: list[str]) -> tuple[str, float]:
        """By how much the next exceeds the lowest, as a share of the larger of the two in size."""
        first, second = np.sort([np.nanmean(numbers[name][rows]) for name in columns])[:2]
        return "lowest", (second - first) / max(abs(first), abs(second))


class FarValueColumns(Operator):
    """How many of the columns considered have a value more than three standard deviations off their mean."""

    name = "far_value_columns"
    family = "choose"
    inputs = {"rows": "table", "columns": "columns"}
    result = "count"
    axes = (DDOF,)
    phrases = ()
    searchable = False
    plan = "count the numeric columns with a value far off their mean"
    variable = "total"

    @staticmethod
    def idiom(rows: Frame, columns: list[str], ddof: int) -> int:
        amounts = rows[columns]
        distance = (amounts - amounts.mean()).abs()
        return int((distance > 3 * amounts.std(ddof=ddof)).any().sum())

    @staticmethod
    def arithmetic(rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int) -> int:
        total = 0
        for name in columns:
            known = numbers[name][rows][~np.isnan(numbers[name][rows])]
            if known.size > ddof:
                apart = np.abs(known - np.add.reduce(known) / known.size)
                spread = math.sqrt(np.add.reduce(apart**2) / (known.size - ddof))
                total += bool(apart.max() > 3 * spread)
        return total

    @staticmethod
    def branch(
        rows: Places, numbers: Mapping[str, Measure], columns: list[str], ddof: int
    ) -> tuple[str, float]:
        """By how much the farthest value of the column nearest to the limit lies off it."""
        farthest = []
        for name in columns:
            column = numbers[name][rows]
            apart = np.nanmax(np.abs(column - np.nanmean(column)))
            farthest.append(abs(apart / (3 * np.nanstd(column, ddof=ddof)) - 1))
        return "counted", float(min(farthest))
