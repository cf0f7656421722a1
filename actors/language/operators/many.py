"""What several columns say together: components, neighbours, natural groups."""

import math

import numpy as np

from actors.language.coded import Measure
from actors.language.operator import Number, Operator, Series
from actors.language.operators.axes import DDOF
from actors.language.operators.later import spatial
from actors.language.sums import exact_sum


class FirstComponentShare(Operator):
    """The share of the variance of three standardised measures that their first principal component holds."""

    name = "first_component_share"
    family = "many"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure", "third": "measure"}
    result = "number"
    phrases = (
        (
            "the share, between 0 and 1, of the variance of {the measure}, {the other} and {the third}, all"
            " standardised, that their first principal component explains"
        ),
    )
    within = (0.34, 0.999)
    plan = "standardise {measure}, {other} and {third} and find their first principal component"
    variable = "share"

    @staticmethod
    def idiom(measure: Series, other: Series, third: Series) -> Number:
        known = measure.notna() & other.notna() & third.notna()
        table = np.corrcoef([measure[known], other[known], third[known]])
        return np.linalg.eigvalsh(table)[-1] / 3

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, third: Measure) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other) & ~np.isnan(third)
        columns = [column[there] for column in (measure, other, third)]
        columns = [column - exact_sum(column) / column.size for column in columns]
        columns = [column / math.sqrt(exact_sum(column**2)) for column in columns]
        first, second = exact_sum(columns[0] * columns[1]), exact_sum(columns[0] * columns[2])
        last = exact_sum(columns[1] * columns[2])
        # The largest root of the characteristic cubic of a 3 x 3 correlation matrix, by Viete's formula.
        radius = math.sqrt((first**2 + second**2 + last**2) / 3)
        turn = max(-1.0, min(1.0, first * second * last / radius**3))
        return (1 + 2 * radius * math.cos(math.acos(turn) / 3)) / 3


class NearestNeighbour(Operator):
    """How far, on average, a record lies from the nearest other one by two standardised measures."""

    name = "nearest_neighbour_distance"
    family = "many"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure", "other": "measure"}
    result = "number"
    axes = (DDOF,)
    phrases = (
        (
            "the mean distance of each {record} to its nearest neighbour in the plane of {the measure} and"
            " {the other}, each divided by its {ddof} standard deviation over the {records} with both known"
        ),
    )
    plan = "standardise {measure} and {other} and find the nearest other {record} of each"
    variable = "distance"

    @staticmethod
    def idiom(measure: Series, other: Series, ddof: int) -> Number:
        known = measure.notna() & other.notna()
        if known.sum() > 5000 or measure[known].nunique() < 2 or other[known].nunique() < 2:
            raise ValueError("more than 5000 records, or one of the two does not vary")
        scaled = [column[known] / column[known].std(ddof=ddof) for column in (measure, other)]
        points = np.transpose(scaled)
        distances, _ = spatial.cKDTree(points).query(points, k=2)
        return distances[:, 1].mean()

    @staticmethod
    def arithmetic(measure: Measure, other: Measure, ddof: int) -> Number:
        there = ~np.isnan(measure) & ~np.isnan(other)
        if not 1 < np.count_nonzero(there) <= 5000:
            raise ValueError("fewer than 2 records or more than 5000")
        plane = []
        for column in (measure[there], other[there]):
            if column.min() == column.max():
                raise ValueError("one of the two does not vary")
            apart = column - exact_sum(column) / column.size
            plane.append(apart / math.sqrt(exact_sum(apart**2) / (column.size - ddof)))
        nearest = []
        for place in range(plane[0].size):
            squares = (plane[0] - plane[0][place]) ** 2 + (plane[1] - plane[1][place]) ** 2
            squares[place] = np.inf
            nearest.append(math.sqrt(squares.min()))
        return exact_sum(nearest) / len(nearest)


class UpperCluster(Operator):
    """How many values belong to the upper of the two groups into which a measure is best divided."""

    name = "upper_cluster_size"
    family = "many"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "count"
    phrases = (
        (
            "the number of values in the upper of the two groups into which one cut divides {the measure}"
            " with the least sum of squares inside the groups"
        ),
    )
    plan = "try every cut through {measure} and keep that with the tightest groups"
    variable = "upper"

    @staticmethod
    def idiom(measure: Series) -> int:
        ranked = measure.dropna().sort_values(ignore_index=True)
        centered = ranked - ranked.mean()
        below = np.arange(1, len(ranked))
        # Of the sum of squares a cut takes away what lies between the groups: the more, the better.
        sums = centered.cumsum().to_numpy()[:-1]
        between = sums**2 / below + sums**2 / (len(ranked) - below)
        return int(len(ranked) - below[np.nanargmax(np.where(ranked.diff()[1:] > 0, between, np.nan))])

    @staticmethod
    def arithmetic(measure: Measure) -> int:
        levels, times = np.unique(measure[~np.isnan(measure)], return_counts=True)
        size, amount = int(times.sum()), exact_sum(levels * times)
        if levels.size < 2:
            raise ValueError("all values are the same")
        count, held, best, upper = 0, 0.0, -1.0, 0
        for level, often in zip(levels[:-1].tolist(), times[:-1].tolist(), strict=True):
            count, held = count + often, held + level * often
            apart = held / count - (amount - held) / (size - count)
            gain = apart**2 * count * (size - count)
            if gain > best * (1 + 1e-12):
                best, upper = gain, size - count
        return upper

    @staticmethod
    def branch(measure: Measure) -> tuple[str, float]:
        """The best cut must lead the next best by more than rounding."""
        ranked = np.sort(measure[~np.isnan(measure)])
        sums, below = np.cumsum(ranked - ranked.mean())[:-1], np.arange(1, ranked.size)
        between = np.where(np.diff(ranked) > 0, sums**2 / below + sums**2 / (ranked.size - below), 0)
        best = np.sort(between)[::-1]
        return "upper", math.inf if best[0] > best[1] * (1 + 1e-9) else 0.0
