"""Questions about how a measure goes in the order of its days."""

from collections.abc import Iterator, Mapping

from actors.language.coded import day_forms
from actors.language.operator import Columns
from actors.language.program import TABLE
from actors.language.templates.template import Bindings, Template, asked, each_measure
from actors.language.term import Term, term


def _dated(columns: Columns) -> Iterator[Bindings]:
    for date in day_forms(asked(columns)):
        yield from ({**one, "date": date} for one in each_measure(columns))


def _best_month(given: Bindings) -> Mapping[str, Term]:
    months = term("month_of", TABLE, date=given["date"])
    means = term("mean_by_group", TABLE, measure=given["measure"], category=months)
    leader = term("most", means)
    return {"month": leader, "mean": term("value_of_group", means, leader)}


def _course(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "order": given["date"]}
    return {
        "change": term("change_over_period", TABLE, **both),
        "largest": term("largest_step", TABLE, **both),
    }


def _persistence(given: Bindings) -> Mapping[str, Term]:
    both = {"measure": given["measure"], "order": given["date"]}
    return {
        "run": term("longest_run_above_mean", TABLE, **both),
        "autocorrelation": term("autocorrelation", TABLE, **both),
    }


TEMPLATES = (
    Template(
        name="month_with_highest_mean",
        family="time",
        sentences=(
            "In which calendar month of {date} is the mean {measure} highest, and how high is it?",
            "Going by {date}, which calendar month has the highest mean {measure}, and what is that mean?",
        ),
        parameters={"measure": "measure", "date": "date"},
        program=_best_month,
        bindings=_dated,
    ),
    Template(
        name="change_over_the_period",
        family="time",
        sentences=(
            (
                "By how much does {measure} change from its first to its last known value by {date}, and how"
                " large, up or down, is the largest change between neighbours with both known?"
            ),
            (
                "In order of {date}, how far above its first known value does {measure} end, and what is the"
                " size of its largest change, up or down, from one {record} to the next with both known?"
            ),
        ),
        parameters={"measure": "measure", "date": "date"},
        program=_course,
        bindings=_dated,
    ),
    Template(
        name="persistence_above_the_mean",
        family="time",
        sentences=(
            (
                "In order of {date}, how many {records} make up the longest unbroken run of {measure} above"
                " its mean, and what is its autocorrelation at a lag of one {record}, counting only those"
                " with both known?"
            ),
            (
                "How long, in {records} in order of {date}, does {measure} stay above its mean at most, and"
                " how closely does it follow its own value one {record} earlier, by autocorrelation,"
                " counting only those with both known?"
            ),
        ),
        parameters={"measure": "measure", "date": "date"},
        program=_persistence,
        bindings=_dated,
    ),
)
