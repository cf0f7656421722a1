"""Cases of including or excluding the target: whether what a question is about counts among the rest."""

from actors.language.term import Term
from benchmarks.ambiguous.posed import Posed, percent, t

Axes = dict[str, str]
GENTOO = "Gentoo penguin (Pygoscelis papua)"
PHARMACY = "PHARMACY PHARMACEUTICAL SCIENCES AND ADMINISTRATION"


def _gentoo(axes: Axes) -> Term:
    return t("group_lead", measure="Body Mass (g)", category="Species", level=GENTOO).with_axes(axes)


def _heavy(axes: Axes) -> Term:
    groups = t("combination", category="Species", other="Sex").with_axes(axes)
    return t("groups_over", t("mean_by_group", measure="Body Mass (g)", category=groups), limit=4000)


def _laying(axes: Axes) -> Term:
    return t(
        "days_spanned", t("keep_level", category="studyName", level="PAL0809"), date="Date Egg"
    ).with_axes(axes)


def _below_pharmacy(axes: Axes) -> Term:
    health = t("keep_level", category="Major_category", level="Health")
    return t("standing_of", health, measure="Median", category="Major", level=PHARMACY).with_axes(axes)


def _behind(axes: Axes) -> Term:
    pay = t("mean_by_group", measure="Median", category="Major_category")
    return t("lead_of_top", pay).with_axes(axes)


def _warm(axes: Axes) -> Term:
    kept = t("between_values", measure="temp_max", low=15, high=20).with_axes(axes)
    return t("count_records", kept)


def _warmer(axes: Axes) -> Term:
    week = t("rolling_mean", measure="temp_max", order="date", window=7).with_axes(axes)
    above = t("difference", measure="temp_max", other=week)
    return t("count_records", t("above_value", measure=above, limit=3.000001))


NOVEMBER = t("keep_level", category=t("month_of", date="date"), level="November")
WET = t("above_value", NOVEMBER, measure="precipitation", limit=0)


def _strength(axes: Axes) -> Term:
    return t("mean_strength", measure="realgdp").with_axes({"which_columns": "measures"} | axes)


def _growth(axes: Axes) -> Term:
    return t("growth_over", measure="realgdp", order="pop", category="year", level=2004).with_axes(axes)


FAILED = t("above_value", measure="failures", limit=0)
JAPAN = t("keep_level", category="Country", level="Japan")


def _near(axes: Axes) -> Term:
    return t(
        "neighbours_of",
        measure="Latitude",
        other="Longitude",
        category="Volcano Name",
        level="Stromboli",
        distance=1,
    ).with_axes(axes)


POSED = {
    "target-01": Posed(_gentoo({}), _gentoo({"lead_over": "others"})),
    "target-02": Posed(_heavy({}), _heavy({"parts_known": "any"})),
    "target-03": Posed(_laying({}), _laying({"both_ends": "counted"})),
    "target-04": Posed(_below_pharmacy({}), _below_pharmacy({"counts_itself": "others"}), asked=percent),
    "target-05": Posed(_behind({}), _behind({"lead_over": "others"})),
    "target-06": Posed(
        t("closest variable", measure="Median").with_axes({"which_columns": "measures"}),
        t("strongest_partner_apart", measure="Median").with_axes({"which_columns": "measures"}),
    ),
    "target-07": Posed(_warm({}), _warm({"bounds": "lower"})),
    "target-08": Posed(_warmer({}), _warmer({"window_side": "preceding"})),
    "target-09": Posed(
        t("average", NOVEMBER, measure="precipitation"), t("mean", WET, measure="precipitation")
    ),
    "target-10": Posed(_strength({}), _strength({"counts_itself": "others"})),
    "target-11": Posed(
        t("least", t("average of each group", measure="tbilrate", category="year")),
        t("least", t("mean_by_full_group", measure="tbilrate", category="year")),
    ),
    "target-12": Posed(_growth({}), _growth({"period_start": "before"}), asked=percent),
    "target-13": Posed(
        t("explained by the rest", measure="G3").with_axes({"which_columns": "all"}),
        t("explained_by_apart", measure="G3").with_axes({"which_columns": "all"}),
    ),
    "target-14": Posed(t("most common", category="Mjob"), t("most_common_named", category="Mjob")),
    "target-15": Posed(t("average", FAILED, measure="G3"), t("mean", FAILED, measure="G3")),
    "target-16": Posed(
        miss=(
            "which entries of Country are countries is knowledge of the world: neither the table nor any axis"
            " tells an ocean from a country; no text of ours calls the levels of a column countries"
        ),
    ),
    "target-17": Posed(
        t("share", JAPAN, category="Last Known", level="D1"),
        t("share_with_level", JAPAN, category="Last Known", level="D1"),
        asked=percent,
    ),
    "target-18": Posed(_near({}), _near({"counts_itself": "others"})),
}
