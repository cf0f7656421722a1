"""What a table offers to ask about, and what it lacks where it offers nothing."""

from collections import Counter

from actors.language.coded import day_forms, number_forms
from actors.language.operator import Columns
from actors.language.templates.template import asked, categories, measures
from events.dataset import ColumnProfile

MAIN = ("of amounts", "of groups", "of days")
"""The classes whose lack is told."""


def offer_of(columns: Columns) -> dict[str, int]:
    """How many columns there are of each class that questions can be about."""
    return {
        "of amounts": len(measures(columns)),
        "of groups": len(categories(columns)),
        "of days": len(day_forms(asked(columns))),
        "of amounts in words": len(number_forms(asked(columns))),
    }


def nothing_to_ask(columns: Columns) -> str:
    """Why nothing can be asked of a table with these columns; empty where something can."""
    if any(offer_of(columns).values()):
        return ""
    found = Counter(map(_class, columns))
    told = ", ".join(f"{count} {what}" for what, count in sorted(found.items()))
    return (
        "Nothing can be asked of it: no column measures or counts something, none sorts the rows into 2 to 30"
        f" groups, and none holds days. Of its columns: {told}. Where that is wrong, give a column a `kind`"
        " or a `name` in its settings."
    )


def _class(one: ColumnProfile) -> str:
    """What a column is that no question can be about."""
    if one.unasked:
        return "left out for name or labels"
    if one.kind == "constant":
        return "with one value alone" if one.distinct else "without a value"
    return f"of kind {one.kind}"
