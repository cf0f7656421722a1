"""Cases of method: which of several measures, tests or rules stands behind the words of a question."""

from actors.language.term import Term
from benchmarks.ambiguous.posed import Posed, by_sign, percent, t, yes_or_no

Axes = dict[str, str]
CHINSTRAP = t("keep_level", category="Species", level="Chinstrap penguin (Pygoscelis antarctica)")
GENTOO = t("keep_level", category="Species", level="Gentoo penguin (Pygoscelis papua)")
ALEUTIAN = t("keep_level", category="Region", level="Aleutian Is")


def _bills(name: str) -> Term:
    return t(name, CHINSTRAP, measure="Culmen Length (mm)", other="Flipper Length (mm)")


def _clutches(name: str, axes: Axes) -> Term:
    females = t("keep_level", CHINSTRAP, category="Sex", level="FEMALE")
    given = {"measure": "Body Mass (g)", "category": "Clutch Completion"}
    means = t("mean_by_group", females, **given)
    test = t(name, females, t("most", means), t("least", means), **given).with_axes(axes)
    return t("is_significant", test, alpha=0.05)


def _female(axes: Axes) -> Term:
    return t("share_with_level", GENTOO, category="Sex", level="FEMALE").with_axes(axes)


def _jobs(name: str) -> Term:
    plain = {"cramer_bias": "plain", "yates": "plain"}
    with_job, with_line = (
        t(name, category="Mjob", other=other).with_axes(plain) for other in ("Fjob", "internet")
    )
    return t("change", with_job, with_line)


def _failing(name: str) -> Term:
    shares = (
        t("share_below_value", t("keep_level", category="schoolsup", level=level), measure="G3", limit=10)
        for level in ("yes", "no")
    )
    return t(name, *shares)


def _quarter(year: int) -> Term:
    return t("keep_level", t("keep_level", category="year", level=year), category="quarter", level=1)


def _grew(name: str) -> Term:
    spent, invested = (
        t(name, *(t("mean", _quarter(year), measure=column) for year in (2000, 1980)))
        for column in ("realcons", "realinv")
    )
    return t("change", spent, invested)


def _trend(name: str) -> Term:
    return t("is_significant", t(name, measure="infl", order="pop"), alpha=0.05)


def _together(name: str) -> Term:
    given = {"measure": "tbilrate", "other": "unemp"}
    return t(name, **given, order="pop") if name == "correlation_of_changes" else t(name, **given)


def _varied(name: str) -> Term:
    return t("most", t(name, measure="precipitation", category=t("month_of", date="date")))


def _windy(name: str) -> Term:
    return t(name, measure="wind")


def _normal(name: str) -> Term:
    may = t("keep_level", category=t("month_of", date="date"), level="May")
    return t(name, may, measure="temp_max")


def _pay_gap(axes: Axes) -> Term:
    both = t("keep_either_level", category="Major_category", level="Business", other_level="Engineering")
    means = t("mean_by_group", both, measure="Median", category="Major_category")
    effect = t(
        "effect_size", both, t("most", means), t("least", means), measure="Median", category="Major_category"
    )
    return effect.with_axes(axes)


def _typical(name: str) -> Term:
    both = t(
        "keep_either_level",
        category="Major_category",
        level="Business",
        other_level="Computers & Mathematics",
    )
    return t("most", t(name, both, measure="Median", category="Major_category"))


def _concentrated(name: str) -> Term:
    totals = t("total_by_group", measure="Total", category="Major_category")
    return t(name, totals)


def _variety(name: str) -> Term:
    from_thirty = t("keep_frequent", category="Country", least=30)
    return t("most", t(name, from_thirty, trait="Type", category="Country"))


def _historical(axes: Axes) -> Term:
    both = t("keep_either_level", category="Country", level="Ethiopia", other_level="Papua New Guinea")
    status = t("is_level", both, category="Status", level="Historical")
    test = t("chi_squared", both, category="Country", other=status).with_axes(axes)
    return t("is_significant", test, alpha=0.05)


POSED = {
    "method-01": Posed(_bills("correlation"), _bills("spearman")),
    "method-02": Posed(
        _clutches("difference test", {}), _clutches("t_comparison", {"variances": "welch"}), asked=yes_or_no
    ),
    "method-03": Posed(_female({}), _female({"share_of": "known"}), asked=percent),
    "method-04": Posed(_jobs("association"), _jobs("cramers_v"), asked=by_sign("Fjob", "internet")),
    "method-05": Posed(
        miss=(
            "a regression on three columns whose slopes are held against each other is no operator: the"
            " language has the standardised slope beside one other predictor only"
        ),
    ),
    "method-06": Posed(_failing("how much more"), _failing("ratio_of_figures")),
    "method-07": Posed(_grew("rise"), _grew("relative_change"), asked=by_sign("realcons", "realinv")),
    "method-08": Posed(_trend("trend test"), _trend("rank_trend_test"), asked=yes_or_no),
    "method-09": Posed(
        _together("moving together"),
        _together("correlation_of_changes"),
        asked=by_sign("together", "opposite"),
    ),
    "method-10": Posed(_varied("spread of each group"), _varied("deviation_by_group")),
    "method-11": Posed(
        _windy("outliers"), _windy("outlier_count_by_deviation").with_axes({"ddof": "sample"})
    ),
    "method-12": Posed(_normal("normally distributed"), _normal("normal"), asked=yes_or_no),
    "method-13": Posed(_pay_gap({}), _pay_gap({"effect_scale": "second"})),
    "method-14": Posed(_typical("average of each group"), _typical("mean_by_group")),
    "method-15": Posed(_concentrated("unevenness"), _concentrated("concentration")),
    "method-16": Posed(
        t("average", ALEUTIAN, measure="Longitude"), t("mean_of_degrees", ALEUTIAN, measure="Longitude")
    ),
    "method-17": Posed(_variety("variety of each group"), _variety("mix_by_group")),
    "method-18": Posed(_historical({}), _historical({"yates": "plain"}), asked=yes_or_no),
}
