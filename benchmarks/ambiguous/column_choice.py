"""Cases of column choice: which columns, or which levels, the words of a question mean."""

from actors.language.holes import Choice
from actors.language.term import Term
from benchmarks.ambiguous.posed import Posed, percent, t, yes_or_no

ANY = Choice()
DAYS = 1461
"""Days in the table of Seattle's weather."""


def _frost(column: str | Choice) -> Term:
    return t("longest_run_below", measure=column, order="date", limit=0)


def _stormy(column: str | Choice) -> Term:
    return t("most", t("mean_by_group", measure=column, category=t("month_of", date="date")))


GENTOO = t("keep_level", category="Species", level="Gentoo penguin (Pygoscelis papua)")


def _bill(column: str | Choice) -> Term:
    return t("pearson", GENTOO, measure=column, other="Body Mass (g)")


def _outweighs(category: str | Choice) -> Term:
    return t("gap", t("mean_by_group", measure="Body Mass (g)", category=category))


def _skewed(axes: dict[str, str]) -> Term:
    return t("mean_over_median", "table", t("numeric_columns").with_axes(axes))


def _pay(column: str | Choice) -> Term:
    return t("slope", measure=column, other="ShareWomen")


def _drinking(column: str | Choice) -> Term:
    return t("spearman", measure=column, other="absences")


def _grades(column: str | Choice) -> Term:
    means = t("mean_by_group", measure=column, category="sex")
    test = t(
        "t_comparison", "table", t("most", means), t("least", means), measure=column, category="sex"
    ).with_axes({"variances": "welch"})
    return t("is_significant", test, alpha=0.05)


def _helped(category: str | Choice) -> Term:
    helped, others = (t("keep_level", category=category, level=level) for level in ("yes", "no"))
    return t("change", t("mean", helped, measure="G3"), t("mean", others, measure="G3"))


def _in_new_zealand(category: str | Choice) -> Term:
    return t("mean", t("keep_level", category=category, level="New Zealand"), measure="Elev")


def _interest(column: str | Choice) -> Term:
    eighties = t("below_value", t("above_value", measure="year", limit=1979), measure="year", limit=1990)
    return t("mean", eighties, measure=column)


def _pairs(axes: dict[str, str]) -> Term:
    return t("pairs_above", "table", t("numeric_columns").with_axes(axes), limit=0.9)


def _quarter(year: int, quarter: int) -> Term:
    return t("keep_level", t("keep_level", category="year", level=year), category="quarter", level=quarter)


def _spending(column: str | Choice) -> Term:
    last, first = (t("mean", _quarter(*when), measure=column) for when in ((2009, 3), (1959, 1)))
    return t("ratio_of_figures", last, first)


POSED = {
    "column-01": Posed(_frost(Choice("temperature")), _frost("temp_min")),
    "column-02": Posed(
        t("count_records", t("condition", limit=0)),
        t("count_records", t("above_value", measure="precipitation", limit=0)),
        asked=lambda days: percent(days / DAYS),
    ),
    "column-03": Posed(_stormy(ANY), _stormy("wind")),
    "column-04": Posed(_bill(Choice("culmen")), _bill("Culmen Depth (mm)")),
    "column-05": Posed(
        t("different ones", category="Individual ID"),
        t("distinct_pairs", category="Species", other="Individual ID"),
    ),
    "column-06": Posed(_outweighs(ANY), _outweighs("Island")),
    "column-07": Posed(_skewed({}), _skewed({"which_columns": "measures"})),
    "column-08": Posed(
        t("record_with_most", measure=Choice("women"), category="Major"),
        t("record_with_most", measure="ShareWomen", category="Major"),
    ),
    "column-09": Posed(_pay(ANY), _pay("P25th"), asked=lambda slope: slope / 10),
    "column-10": Posed(_drinking(ANY), _drinking("Walc")),
    "column-11": Posed(_grades(ANY), _grades("G3"), asked=yes_or_no),
    "column-12": Posed(_helped(Choice("help")), _helped("paid")),
    "column-13": Posed(
        t("count_records", t("condition", limit=0)),
        t("count_records", t("below_value", measure="Elev", limit=0)),
    ),
    "column-14": Posed(t("most_common", category=ANY), t("most_common", category="Region")),
    "column-15": Posed(_in_new_zealand(ANY), _in_new_zealand("Country")),
    "column-16": Posed(_interest(ANY), _interest("realint")),
    "column-17": Posed(_pairs({}), _pairs({"which_columns": "measures"})),
    "column-18": Posed(_spending(Choice("real")), _spending("realgovt")),
}
