"""A new category from a column: bands of a measure, parts of a date; and the length of a text."""

import numpy as np
import pandas as pd

from actors.language.coded import Category, Days, Measure
from actors.language.operator import Operator, Series
from actors.language.operators.axes import QUANTILE


class QuantileBand(Operator):
    """Which quarter of the records at hand a record belongs to by a measure."""

    name = "quantile_band"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    even = True
    result = "category"
    axes = (QUANTILE,)
    phrases = ("quartile group of {measure}",)
    refers = True
    explained = (
        "Quartile groups are called Q1 (the lowest values), Q2, Q3 and Q4 (the highest); a value that equals"
        " a quartile belongs to the group below it."
    )
    plan = "sort the {records} into quartile groups of {measure}"
    variable = "quarter"
    mistaken_for = "width_band"
    called = "quartile group"

    @staticmethod
    def idiom(measure: Series, quantile: str) -> Series:
        edges = measure.quantile([0, 0.25, 0.5, 0.75, 1], interpolation=quantile)
        return pd.cut(measure, edges, labels=["Q1", "Q2", "Q3", "Q4"], include_lowest=True).astype(object)

    @staticmethod
    def arithmetic(measure: Measure, quantile: str) -> Category:
        ranked = np.sort(measure[~np.isnan(measure)])
        edges = [ranked[0]]
        for quarter in (0.25, 0.5, 0.75):
            place = quarter * (ranked.size - 1)
            below = int(place)
            part = place - below if quantile == "linear" else 0.5 * (place > below)
            edges.append(ranked[below] + part * (ranked[min(below + 1, ranked.size - 1)] - ranked[below]))
        if not ranked[0] < edges[1] < edges[2] < edges[3] < ranked[-1]:
            raise ValueError("two quartiles are the same value")
        codes = np.searchsorted(edges[1:], measure, side="left")
        return np.where(np.isnan(measure), -1, codes), ["Q1", "Q2", "Q3", "Q4"]


class WidthBand(Operator):
    """Which third of the range of a measure, over the records at hand, a record's value lies in."""

    name = "width_band"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"measure": "measure"}
    result = "category"
    phrases = ("equal-width band of {measure}",)
    refers = True
    explained = (
        "Equal-width bands cut the range from the smallest to the largest value into three of one width,"
        " called low, middle and high; a value on a cut belongs to the band below it."
    )
    plan = "cut the range of {measure} into bands of equal width"
    variable = "band"
    mistaken_for = "quantile_band"
    called = "band"

    @staticmethod
    def idiom(measure: Series) -> Series:
        edges = np.linspace(measure.min(), measure.max(), 4)
        return pd.cut(measure, edges, labels=["low", "middle", "high"], include_lowest=True).astype(object)

    @staticmethod
    def arithmetic(measure: Measure) -> Category:
        ranked = np.sort(measure[~np.isnan(measure)])
        width = (ranked[-1] - ranked[0]) / 3
        if not width > 0:
            raise ValueError("all values are the same")
        codes = np.searchsorted([ranked[0] + width, ranked[0] + 2 * width], measure, side="left")
        return np.where(np.isnan(measure), -1, codes), ["low", "middle", "high"]


class MonthOf(Operator):
    """The calendar month of a date, whatever its year."""

    name = "month_of"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"date": "date"}
    result = "category"
    phrases = ("calendar month of {date}",)
    explained = "Calendar months are called January to December."
    plan = "take the calendar month of {date}"
    variable = "month"
    called = "calendar month"

    @staticmethod
    def idiom(date: Series) -> Series:
        return date.dt.month_name()

    @staticmethod
    def arithmetic(date: Days) -> Category:
        names = ["January", "February", "March", "April", "May", "June", "July"]
        names += ["August", "September", "October", "November", "December"]
        days = np.where(np.isnan(date), 0, date).astype("datetime64[D]")
        months = days.astype("datetime64[M]").astype(int) % 12
        return np.where(np.isnan(date), -1, months), names


class WeekdayOf(Operator):
    """The day of the week of a date."""

    name = "weekday_of"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"date": "date"}
    result = "category"
    phrases = ("day of the week of {date}",)
    explained = "Days of the week are called Monday to Sunday."
    plan = "take the day of the week of {date}"
    variable = "weekday"
    called = "day of the week"

    @staticmethod
    def idiom(date: Series) -> Series:
        return date.dt.day_name()

    @staticmethod
    def arithmetic(date: Days) -> Category:
        # 1970 began on a Thursday.
        names = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
        codes = np.mod(np.where(np.isnan(date), 0, date), 7).astype(int)
        return np.where(np.isnan(date), -1, codes), names


class YearOf(Operator):
    """The year of a date."""

    name = "year_of"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"date": "date"}
    result = "category"
    phrases = ("year of {date}",)
    plan = "take the year of {date}"
    variable = "year"
    called = "year"

    @staticmethod
    def idiom(date: Series) -> Series:
        return date.dt.year

    @staticmethod
    def arithmetic(date: Days) -> Category:
        days = np.where(np.isnan(date), 0, date).astype("datetime64[D]")
        years = days.astype("datetime64[Y]").astype(int) + 1970
        names = sorted(set(years[~np.isnan(date)].tolist()))
        return np.where(np.isnan(date), -1, np.searchsorted(names, years)), names


class TextLength(Operator):
    """How many characters a text has, white space included."""

    name = "text_length"
    family = "derive"
    inputs = {"rows": "table"}
    parameters = {"text": "text"}
    demands = {"text": "trimmed"}
    result = "measure"
    phrases = ("number of characters, spaces included, in {text}",)
    plan = "count the characters of {text}"
    variable = "length"
    called = "number of characters"

    @staticmethod
    def idiom(text: Series) -> Series:
        return text.str.len().astype(float)

    @staticmethod
    def arithmetic(text: Category) -> Measure:
        codes, levels = text
        lengths = np.array([*map(len, levels), np.nan], dtype=float)
        return lengths[codes]
