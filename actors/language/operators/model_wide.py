"""How much of a measure all other numeric columns explain together."""

import math
from collections.abc import Mapping

import numpy as np

from actors.language.coded import Measure, Places
from actors.language.operator import Frame, Number, Operator, Series
from actors.language.operators.axes import SHARES, WHICH_COLUMNS
from actors.language.sums import exact_sum


class ExplainedByAll(Operator):
    """The R squared of the linear regression of a measure on all other numeric columns."""

    name = "explained_by_all"
    family = "wide_model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    columns_only = True
    result = "number"
    axes = (WHICH_COLUMNS,)
    phrases = (
        (
            "the R squared of the linear regression that predicts {the measure} from every other numeric"
            " variable, over the {records} with all of them known"
        ),
    )
    within = SHARES
    plan = "regress {measure} on every other numeric variable"
    variable = "explained"

    @staticmethod
    def idiom(rows: Frame, measure: Series, which_columns: list[str]) -> Number:
        whole = rows.select_dtypes("number").drop(columns=which_columns)
        whole = whole.loc[:, whole.corrwith(measure).abs() < 0.9999].assign(**{"": 1.0})
        known = whole.notna().all(axis=1) & measure.notna()
        if known.sum() <= whole.shape[1]:
            raise ValueError("there are too few records")
        outcome = measure[known] - measure[known].mean()
        _, residue, rank, _ = np.linalg.lstsq(whole[known].to_numpy(float), outcome, rcond=None)
        if rank < whole.shape[1]:
            raise ValueError("one of the columns follows from others")
        return 1 - residue[0] / outcome.pow(2).sum()

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], measure: Measure, which_columns: list[str]
    ) -> Number:
        others = [np.ones(measure.size)]
        for name in numbers:
            other = numbers[name][rows]
            both = ~np.isnan(measure) & ~np.isnan(other)
            if name not in which_columns and np.count_nonzero(both) > 1:
                left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
                right = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
                scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                if scale > 0 and abs(exact_sum(left * right)) < 0.9999 * scale:
                    others.append(other)
        design = np.column_stack([*others, measure])
        design = design[~np.isnan(design).any(axis=1)]
        if design.shape[0] < design.shape[1]:
            raise ValueError("there are too few records")
        basis: list[np.ndarray] = []
        for column in design.T:
            left = column
            for _ in (1, 2):
                for direction in basis:
                    left = left - np.dot(left, direction) * direction
            length = math.sqrt(np.dot(left, left))
            if len(basis) < len(others) and not length > 1e-9 * math.sqrt(np.dot(column, column)):
                raise ValueError("one of the columns follows from others")
            basis.append(left / length if length > 0 else left)
        outcome = design[:, -1] - exact_sum(design[:, -1]) / design.shape[0]
        return 1 - length**2 / exact_sum(outcome**2)


class ExplainedByApart(Operator):
    """The same without near copies of the measure among the others."""

    name = "explained_by_apart"
    family = "wide_model"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    columns_only = True
    result = "number"
    axes = (WHICH_COLUMNS,)
    phrases = (
        (
            "the R squared of the linear regression that predicts {the measure} from every other numeric"
            " variable whose Pearson correlation with it is at most 0.8 in size, over the {records} with all"
            " of them known"
        ),
    )
    within = SHARES
    plan = "regress {measure} on every other numeric variable that is no near copy of it"
    mistaken_for = "explained_by_all"
    variable = "explained"

    @staticmethod
    def idiom(rows: Frame, measure: Series, which_columns: list[str]) -> Number:
        whole = rows.select_dtypes("number").drop(columns=which_columns)
        whole = whole.loc[:, whole.corrwith(measure).abs() <= 0.8].assign(**{"": 1.0})
        known = whole.notna().all(axis=1) & measure.notna()
        if known.sum() <= whole.shape[1]:
            raise ValueError("there are too few records")
        outcome = measure[known] - measure[known].mean()
        _, residue, rank, _ = np.linalg.lstsq(whole[known].to_numpy(float), outcome, rcond=None)
        if rank < whole.shape[1]:
            raise ValueError("one of the columns follows from others")
        return 1 - residue[0] / outcome.pow(2).sum()

    @staticmethod
    def arithmetic(
        rows: Places, numbers: Mapping[str, Measure], measure: Measure, which_columns: list[str]
    ) -> Number:
        others = [np.ones(measure.size)]
        for name in numbers:
            other = numbers[name][rows]
            both = ~np.isnan(measure) & ~np.isnan(other)
            if name not in which_columns and np.count_nonzero(both) > 1:
                left = measure[both] - exact_sum(measure[both]) / np.count_nonzero(both)
                right = other[both] - exact_sum(other[both]) / np.count_nonzero(both)
                scale = math.sqrt(exact_sum(left**2) * exact_sum(right**2))
                if scale > 0 and abs(exact_sum(left * right)) <= 0.8 * scale:
                    others.append(other)
        design = np.column_stack([*others, measure])
        design = design[~np.isnan(design).any(axis=1)]
        if design.shape[0] < design.shape[1]:
            raise ValueError("there are too few records")
        basis: list[np.ndarray] = []
        for column in design.T:
            left = column
            for _ in (1, 2):
                for direction in basis:
                    left = left - np.dot(left, direction) * direction
            length = math.sqrt(np.dot(left, left))
            if len(basis) < len(others) and not length > 1e-9 * math.sqrt(np.dot(column, column)):
                raise ValueError("one of the columns follows from others")
            basis.append(left / length if length > 0 else left)
        outcome = design[:, -1] - exact_sum(design[:, -1]) / design.shape[0]
        return 1 - length**2 / exact_sum(outcome**2)
