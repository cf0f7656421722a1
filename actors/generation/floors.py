"""How many accepted procedural questions a table owes, by what it offers; and why some owe few or none.

The classes are few on purpose: each says in a sentence what its tables have, and the next ones lack.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from actors.language.templates.template import categories, measures
from events.dataset import ColumnProfile

ROOM = 3
"""Questions of the floor to each column that has to stand in one."""


@dataclass(frozen=True)
class Offer:
    """What a table's profile offers to questions."""

    rows: int
    """Its records."""
    measures: int
    """Columns that measure or count something."""
    categories: int
    """Columns that sort its records into a few groups."""
    dates: int
    """Columns of days or parts of dates."""


@dataclass(frozen=True)
class Class:
    """Tables that offer at least so much, and are of no class before it."""

    name: str
    """What they have."""
    least: Offer
    """The least of each."""
    floor: int
    """How many procedural questions must be accepted of each of its tables."""
    decides: bool
    """Whether some of them must hold a decision that another step acts on."""
    lacks: str = ""
    """What keeps the floor below the highest one."""

    def holds(self, offer: Offer) -> bool:
        """Whether a table offers enough."""
        pairs = ((getattr(offer, name), getattr(self.least, name)) for name in Offer.__dataclass_fields__)
        return all(has >= least for has, least in pairs)

    def columns(self, offer: Offer) -> int:
        """How many measures and categories must stand in some question: all, where the floor has room."""
        return min(offer.measures + offer.categories, self.floor // ROOM)


CLASSES = (
    Class("100 rows, 3 measures, 2 categories", Offer(100, 3, 2, 0), 300, decides=True),
    Class(
        "100 rows, 3 measures",
        Offer(100, 3, 0, 0),
        250,
        decides=True,
        lacks="one category or none: most groups have to be made of measures first",
    ),
    Class(
        "100 rows, 1 measure",
        Offer(100, 1, 0, 0),
        150,
        decides=True,
        lacks="one or two measures: little to relate to each other",
    ),
    Class(
        "100 rows, 1 category",
        Offer(100, 0, 1, 0),
        60,
        decides=True,
        lacks="no measure: records can be counted and shared out, and no more",
    ),
    Class(
        "30 rows, 1 measure",
        Offer(30, 1, 0, 0),
        50,
        decides=True,
        lacks="fewer than 100 records: a second selection leaves groups of a handful",
    ),
    Class(
        "12 rows, 2 measures",
        Offer(12, 2, 0, 0),
        30,
        decides=True,
        lacks="fewer than 30 records: most selections leave fewer than 10",
    ),
    Class(
        "30 rows, 1 category",
        Offer(30, 0, 1, 0),
        10,
        decides=False,
        lacks="no measure, and fewer than 100 records to count: hardly a group is large enough to ask about",
    ),
    Class(
        "12 rows, 1 measure",
        Offer(12, 1, 0, 0),
        5,
        decides=False,
        lacks="a single measure of fewer than 30 records: one short list of numbers",
    ),
)
"""From the richest to the poorest: none owes more than one before it."""
NOTHING = Class(
    "anything less",
    Offer(0, 0, 0, 0),
    0,
    decides=False,
    lacks="nothing that a figure could stand on: a measure, or a category of 30 records",
)


def offered(rows: int, columns: Sequence[ColumnProfile]) -> Offer:
    """What a table of so many rows and these columns offers."""
    dates = sum(column.kind == "date" for column in columns)
    return Offer(rows, len(measures(columns)), len(categories(columns)), dates)


def class_of(rows: int, columns: Sequence[ColumnProfile]) -> Class:
    """The first class that a table is of."""
    offer = offered(rows, columns)
    return next((one for one in CLASSES if one.holds(offer)), NOTHING)
