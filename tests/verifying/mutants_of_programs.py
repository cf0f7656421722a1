"""Mutants written by hand: all but the text is that of another program."""

from tests.verifying import mutant_bases as of
from tests.verifying.mutants import Drawn, Mutant, computed, step

GENTOO = step("keep_level", category="species", level="Gentoo")
SHORT = step("below_median", measure="bill")

MUTANTS: tuple[Mutant, ...] = (
    computed("program of another column", of.MEAN, {"value": step("mean", of.ADELIE, measure="mass")}),
    computed(
        "program of another column",
        of.COUNT,
        {"count": step("count_records", step("above_value", measure="flipper", limit=190))},
    ),
    computed(
        "program of another column",
        of.SLOPE,
        {"value": step("slope", step("above_mean", measure="flipper"), measure="mass", other="flipper")},
    ),
    computed(
        "program of another column",
        of.USUAL,
        Drawn("largest_group_deviation", {"category": "species", "measure": "mass"}),
    ),
    computed("program of another level", of.MEAN, {"value": step("mean", GENTOO, measure="flipper")}),
    computed(
        "program of another level",
        of.RATIO,
        Drawn("ratio_of_means", {**of.TWO, "other_level": "Chinstrap"}),
    ),
    computed(
        "program of another number",
        of.COUNT,
        {"count": step("count_records", step("above_value", measure="bill", limit=43))},
    ),
    computed(
        "program of another number",
        of.SHARE,
        {"value": step("share_below_value", of.DREAM, limit=4.2, measure="mass")},
    ),
    computed(
        "program of another number", of.TAIL, Drawn("upper_tail_mean", {**of.TAIL.bindings, "share": 0.9})
    ),
    computed("program of another figure", of.MEAN, {"value": step("smallest", of.ADELIE, measure="flipper")}),
    computed("program of another figure", of.HIGHEST, {"value": step("mean", SHORT, measure="mass")}),
    computed(
        "program of another figure",
        of.SPECIES,
        {"group": step("least", step("mean_by_group", category="species", measure="flipper"))},
    ),
    computed(
        "program with a step less",
        of.TWICE,
        {"value": step("mean", of.LONG, measure="flipper")},
    ),
    computed(
        "program with a step more",
        of.COUNT,
        {"count": step("count_records", step("keep_level", of.LONG, category="island", level="Dream"))},
    ),
    computed(
        "program in another order",
        {"value": step("mean", step("below_median", of.ADELIE, measure="mass"), measure="bill")},
        {
            "value": step(
                "mean",
                step("keep_level", step("below_median", measure="mass"), category="species", level="Adelie"),
                measure="bill",
            )
        },
    ),
    computed(
        "program with roles exchanged",
        of.SLOPE,
        {"value": step("slope", step("above_mean", measure="bill"), measure="flipper", other="mass")},
    ),
    computed(
        "program with roles exchanged",
        of.RATIO,
        Drawn("ratio_of_means", {**of.TWO, "level": "Adelie", "other_level": "Gentoo"}),
    ),
    computed(
        "program with roles exchanged",
        of.LATEST,
        {"value": step("last_value", of.ADELIE, measure="flipper", order="bill")},
    ),
)
