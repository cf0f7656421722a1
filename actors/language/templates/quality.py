"""Questions about the state of the table: what is missing, repeated, or told apart. They may say "column"."""

from collections.abc import Iterator, Mapping

from actors.language.operator import Columns
from actors.language.operators.axes import DDOF
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, asked, categories, measures, once
from actors.language.term import Term, term


def _count_missing(given: Bindings) -> Mapping[str, Term]:
    return {"columns": term("count_missing_over", TABLE, share=given["share"])}


def _shares(columns: Columns) -> Iterator[Bindings]:
    if any(column.missing for column in columns):
        yield from ({"share": share} for share in (0.01, 0.05, 0.2, 0.5))


def _repeats(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    further = term("duplicate_count", TABLE).with_axes({"repeats": "further"})
    return {"copies": further, "left": term("count_records", term("without_repeats", TABLE))}


def _any_table(columns: Columns) -> Iterator[Bindings]:
    if measures(columns) or categories(columns):
        yield {}


def _identifiers(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    return {"columns": term("identifier_like", TABLE)}


def _incomplete(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    return {"incomplete": term("rows_with_any_missing", TABLE), "column": term("most_missing_column", TABLE)}


def _lacking(columns: Columns) -> Iterator[Bindings]:
    if any(column.missing for column in columns):
        yield {}


def _far_values(given: Bindings) -> Mapping[str, Term]:  # noqa: ARG001  the table alone decides
    return {"columns": term("far_value_columns", TABLE, term("numeric_columns", TABLE))}


def _missing_in_group(given: Bindings) -> Mapping[str, Term]:
    counts = term("count_by_group", TABLE, category=given["category"])
    largest = term("keep_group", TABLE, term("most", counts), category=given["category"])
    return {"share": term("missing_share", largest, column=given["column"])}


def _columns_in_groups(columns: Columns) -> Iterator[Bindings]:
    for category in categories(columns):
        for column in asked(columns):
            if column.missing and column.name != category:
                yield {"category": category, "column": column.name}


def _complete_mean(given: Bindings) -> Mapping[str, Term]:
    known = term("recorded", TABLE, column=given["column"])
    return {
        "mean": (mean := term("mean", known, measure=given["measure"])),
        "change": term("change", mean, term("mean", TABLE, measure=given["measure"])),
    }


def _measures_with_gaps(columns: Columns) -> Iterator[Bindings]:
    for measure in measures(columns):
        for column in asked(columns):
            if column.missing and column.name != measure:
                yield {"measure": measure, "column": column.name}


def _imputed(given: Bindings) -> Mapping[str, Term]:
    filled = term("filled_with_median", TABLE, measure=given["measure"])
    spread = [
        term("standard_deviation", TABLE, measure=column).with_axes({"ddof": "sample"})
        for column in (given["measure"], filled)
    ]
    missing = term("count_records", term("missing", TABLE, column=given["measure"]))
    return {"missing": missing, "before": spread[0], "change": term("excess", spread[1], spread[0])}


def _measures_that_lack(columns: Columns) -> Iterator[Bindings]:
    lacking = {column.name for column in columns if column.missing}
    yield from ({"measure": measure} for measure in measures(columns) if measure in lacking)


TEMPLATES = (
    Template(
        name="count_high_missing_columns",
        family="quality",
        sentences=(
            "How many columns lack a value in more than {share} of the {records}?",
            "In how many columns is the value missing for more than {share} of all {records}?",
        ),
        parameters={"share": "share"},
        program=_count_missing,
        bindings=_shares,
    ),
    Template(
        name="duplicate_rows_summary",
        family="quality",
        sentences=(
            (
                "How many {records} are, in every column, copies of an earlier one, and how many are left"
                " once these copies are dropped?"
            ),
            (
                "Suppose that of {records} equal in every column only the first stays. How many have to go,"
                " and how many stay?"
            ),
        ),
        parameters={},
        program=_repeats,
        bindings=_any_table,
    ),
    Template(
        name="identifier_like_columns",
        family="quality",
        sentences=(
            "How many columns hold, for every {record}, a value that no other {record} has there?",
            (
                "In how many columns would the value alone tell every {record} from all others, with none"
                " missing?"
            ),
        ),
        parameters={},
        program=_identifiers,
        bindings=_any_table,
    ),
    Template(
        name="incomplete_records",
        family="quality",
        sentences=(
            "How many {records} lack a value in one column or more, and which column lacks the most?",
            "How many {records} are not fully filled in, and in which column are the most values missing?",
        ),
        parameters={},
        program=_incomplete,
        bindings=_lacking,
    ),
    Template(
        name="count_outlier_columns",
        family="quality",
        sentences=(
            (
                "How many numeric columns have at least one value more than three {ddof} standard deviations"
                " away from the column's mean?"
            ),
            (
                "In how many numeric columns does some value lie over three {ddof} standard deviations off"
                " the mean of its column?"
            ),
        ),
        parameters={},
        program=_far_values,
        bindings=once,
        axes=(DDOF,),
    ),
    Template(
        name="missing_share_in_largest_group",
        family="quality",
        sentences=(
            (
                "In the {category} with the most {records}, what share of the {records}, between 0 and 1,"
                " lacks a value for {column}?"
            ),
            (
                "Take the {category} that comes up most often. For what share of its {records}, between 0"
                " and 1, is {column} missing?"
            ),
        ),
        parameters={"category": "category", "column": "column"},
        program=_missing_in_group,
        bindings=_columns_in_groups,
    ),
    Template(
        name="complete_record_mean_shift",
        family="quality",
        sentences=(
            (
                "If only the {records} with a known {column} counted, what would the mean {measure} be, and"
                " by how much would it exceed the mean over all {records}?"
            ),
            (
                "What is the mean {measure} of the {records} whose {column} is known, and how much higher is"
                " that than the mean of all {records}, below zero if it is lower?"
            ),
        ),
        parameters={"measure": "measure", "column": "column"},
        program=_complete_mean,
        bindings=_measures_with_gaps,
    ),
    Template(
        name="audit_missing_imputation_effect",
        family="quality",
        sentences=(
            (
                "How many {records} have no {measure}, what is the sample standard deviation of the known"
                " values, and by how much does it change if each gap is filled with their median?"
            ),
            (
                "Suppose every missing {measure} were replaced by the median of the known ones. How many"
                " gaps would that fill, what is the sample standard deviation before, and by how much would"
                " it change?"
            ),
        ),
        parameters={"measure": "measure"},
        program=_imputed,
        bindings=_measures_that_lack,
    ),
)
