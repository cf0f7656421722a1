"""Cases of an implicit parameter: a number, a bound or an order that a question does not name."""

from actors.language.holes import Choice
from actors.language.term import Input, Term
from benchmarks.ambiguous.posed import Posed, percent, t, yes_or_no

Axes = dict[str, str]
Open = Choice()
ADELIE = t("keep_level", category="Species", level="Adelie Penguin (Pygoscelis adeliae)")
CHINSTRAP = t("keep_level", category="Species", level="Chinstrap penguin (Pygoscelis antarctica)")
ARTS = t("keep_level", category="Major_category", level="Arts")
ICELAND = t("keep_level", category="Country", level="Iceland")
TONGA = t("keep_level", category="Country", level="Tonga")


def _degree_days(base: float | Choice) -> Term:
    year = t("in_span", date="date", start="2013-01-01", end="2013-12-31")
    midpoint = t("midpoint", year, measure="temp_max", other="temp_min")
    return t("total", year, measure=t("amount_above", year, measure=midpoint, limit=base))


def _heat_waves(least: int | Choice) -> Term:
    return t("number_of_runs", measure="temp_max", order="date", limit=30, least=least)


def _mild(axes: Axes) -> Term:
    return t("count_records", t("between_values", measure="temp_max", low=20, high=25).with_axes(axes))


def _longer(test: str, axes: Axes) -> Term:
    both = t("keep_either_level", ADELIE, category="Island", level="Biscoe", other_level="Torgersen")
    means = t("mean_by_group", both, measure="Flipper Length (mm)", category="Island")
    groups = (both, t("most", means), t("least", means))
    given = {"measure": "Flipper Length (mm)", "category": "Island"}
    return t("is_significant", t(test, *groups, **given).with_axes(axes), alpha=0.05)


def _interval(confidence: float | Choice) -> Term:
    return t("mean_interval_width", CHINSTRAP, measure="Delta 15 N (o/oo)", confidence=confidence)


def _uneven(axes: Axes) -> Term:
    return t("spread_of_groups", t("mean_by_group", measure="Body Mass (g)", category="Species")).with_axes(
        axes
    )


def _quartiles(axes: Axes) -> Term:
    return t("interquartile_range", ARTS, measure="Median").with_axes(axes)


def _large(rows: Input) -> Term:
    return t("above_value", rows, measure="Total", limit=9999)


def _jobless(rows: Input) -> Term:
    return t("top_records", rows, measure="Unemployment_rate", number=10)


def _bands(number: int | Choice) -> Term:
    band = t("equal_band", t("recorded", column="ShareWomen"), measure="ShareWomen", number=number)
    pay = t("mean_by_group", t("recorded", column="ShareWomen"), measure="Median", category=band)
    return t("ratio_of_extremes", pay)


def _studying(alpha: float | Choice) -> Term:
    return t("is_significant", t("correlation_test", measure="studytime", other="G3"), alpha=alpha)


def _paid(axes: Axes) -> Term:
    means = t("mean_by_group", measure="G3", category="paid")
    effect = t("effect_size", "table", t("most", means), t("least", means), measure="G3", category="paid")
    return effect.with_axes(axes)


def _year_mark(axes: Axes) -> Term:
    mark = t("rounded", measure=t("midpoint", measure="G1", other="G2")).with_axes(axes)
    return t("count_records", t("above_value", measure=mark, limit=12))


def _types(axes: Axes) -> Term:
    return t("entropy", ICELAND, category="Type").with_axes(axes)


def _crowded(width: float | Choice) -> Term:
    return t("most_common", category=t("step_band", measure="Elev", width=width))


def _trimmed(axes: Axes) -> Term:
    return t("trimmed_mean", TONGA, measure="Elev", share=0.1).with_axes(axes)


def _quarter(year: int, quarter: int | Choice) -> Term:
    return t("keep_level", t("keep_level", category="year", level=year), category="quarter", level=quarter)


def _unemployed(name: str) -> Term:
    figures = [t("mean", _quarter(*when), measure="unemp") for when in ((2003, 2), (2000, 4))]
    return t(name, *figures)


def _prices(base: Term) -> Term:
    return t("ratio_of_figures", t("mean", _quarter(2009, 3), measure="cpi"), base)


IN_1980 = t("keep_level", category="year", level=1980)


def _unrest(window: int | Choice) -> Term:
    deviation = t("rolling_deviation", measure="tbilrate", order="pop", window=window)
    quarter = t("combination", category="year", other="quarter")
    return t("record_with_most", measure=deviation.with_axes({"ddof": "sample"}), category=quarter)


POSED = {
    "parameter-01": Posed(_degree_days(Open), _degree_days(10)),
    "parameter-02": Posed(_heat_waves(Open), _heat_waves(3)),
    "parameter-03": Posed(_mild({}), _mild({"bounds": "lower"})),
    "parameter-04": Posed(
        _longer("difference test", {"variances": "welch"}),
        _longer("t_comparison", {"variances": "welch"}),
        asked=yes_or_no,
    ),
    "parameter-05": Posed(_interval(Open), _interval(0.99)),
    "parameter-06": Posed(_uneven({}), _uneven({"ddof": "population"})),
    "parameter-07": Posed(_quartiles({}), _quartiles({"quantile": "midpoint"})),
    "parameter-08": Posed(
        t("mean", _jobless(_large("table")), measure="Median"),
        t("mean", _large(_jobless("table")), measure="Median"),
        any_order=True,
    ),
    "parameter-09": Posed(_bands(Open), _bands(4)),
    "parameter-10": Posed(_studying(Open), _studying(0.1), asked=yes_or_no),
    "parameter-11": Posed(_paid({}), _paid({"effect_scale": "second"})),
    "parameter-12": Posed(_year_mark({}), _year_mark({"halves": "up"})),
    "parameter-13": Posed(_types({}), _types({"base": "bits"})),
    "parameter-14": Posed(_crowded(Open), _crowded(500)),
    "parameter-15": Posed(_trimmed({}), _trimmed({"trim": "each"})),
    "parameter-16": Posed(_unemployed("rise"), _unemployed("relative_change")),
    "parameter-17": Posed(
        _prices(t("figure of a period", IN_1980, measure="cpi", order="pop")),
        _prices(t("mean", IN_1980, measure="cpi")),
        asked=percent,
    ),
    "parameter-18": Posed(
        _unrest(Open), _unrest(8), asked=lambda quarter: str(quarter).replace(" and ", "Q")
    ),
}
