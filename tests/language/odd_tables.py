"""Tables that are odd in one way each, or in several: names, labels and values such as real files have.

Each is a good table of birds with something about it changed, so that whatever is asked of it meets the odd thing.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

ROWS = 96
MANY_ROWS = 60_000


@dataclass(frozen=True)
class Odd:
    """A table as it stands in its file."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]

    @property
    def data(self) -> bytes:
        """The file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.names)
        writer.writerows(zip(*self.columns, strict=True))
        return text.getvalue().encode()

    def named(self, names: Sequence[str]) -> "Odd":
        """The same columns, the first of them under other names."""
        return replace(self, names=(*names, *self.names[len(names) :])[: len(self.names)])

    def levelled(self, levels: Sequence[str]) -> "Odd":
        """The same with other labels in its two categories."""
        return self.holding("species", _cycled(levels, 3)).holding("island", _cycled(levels[::-1], 5))

    def holding(self, name: str, cells: Sequence[str]) -> "Odd":
        """The same with other cells in one column, or with one column more; they come again where too few."""
        size = len(self.columns[0])
        filled = tuple((list(cells) * (size // len(cells) + 1))[:size])
        given = dict(zip(self.names, self.columns, strict=True)) | {name: filled}
        return Odd(tuple(given), tuple(given.values()))


def _cycled(levels: Sequence[str], seed: int) -> list[str]:
    """Labels in no order, some of them more often than others, none of them rare."""
    rng = Random(seed)
    return (
        rng.choices(levels, weights=range(3, 3 + len(levels)), k=ROWS - 12 * len(levels)) + list(levels) * 12
    )


def good(rows: int = ROWS, seed: int = 7) -> Odd:
    """Nothing odd: four columns of numbers, three of labels, one of days."""
    rng = Random(seed)
    species = rng.choices(["Adelie", "Chinstrap", "Gentoo"], weights=[4, 3, 3], k=rows)
    island = rng.choices(["Biscoe", "Dream", "Torgersen"], weights=[4, 3, 3], k=rows)
    mass = [3.7 + 1.2 * (one == "Gentoo") + rng.gauss(0, 0.4) for one in species]
    bill = [30 + 3 * one + rng.gauss(0, 2) for one in mass]
    columns = {
        "mass": [f"{one:.3f}" for one in mass],
        "species": species,
        "bill": [f"{one:.2f}" if rng.random() > 0.06 else "" for one in bill],
        "island": island,
        "flipper": [f"{150 + 10 * one + rng.gauss(0, 4):.1f}" for one in mass],
        "eggs": [str(rng.randrange(9)) for _ in species],
        "sex": rng.choices(["female", "male"], k=rows),
        "ringed": [f"{2019 + n % 3}-{1 + n % 12:02}-{1 + n % 28:02}" for n in rng.sample(range(rows), rows)],
    }
    return Odd(tuple(columns), tuple(map(tuple, columns.values())))


def _numbers(make: Callable[[Random], str], share: float = 1.0) -> list[str]:
    """A column's cells, some of them plain numbers."""
    rng = Random(11)
    return [make(rng) if rng.random() < share else f"{rng.gauss(5, 1):.3f}" for _ in range(ROWS)]


LONG = "how heavy the bird was when it was ringed for the first time, in kilograms, without the ring " * 4
CODE = (
    "df",
    "rows['x']",
    "import os",
    "'); submit({}) #",
    "__class__",
    "{record}",
    "{the measure}",
    "%s %(a)s {0}",
)
TALK = ("@name[value]", "@mass[3.5]", "@species[Gentoo]", "answer: @x[1]", "submit(1)", "hook('m', 1)")
CASES = ("Mass", "mass", "MASS", " mass", "mass ", "mas s", "ma\u017f\u017f", "mass.1")
STOPS = ("the", "of", "and", "mean", "is", "records", "this", "yes")
WORDS = ("group", "median", "number of records", "first", "each", "Among", "only those", "total")
MARKS = ('say "hi"', "it's", "a [b] (c)", "new\nline", "tab\there", "back\\slash", "\\", "a, b; c")
SIGNS = (
    "🙂",
    "emoji 🙂 mass",
    "كتلة",
    "\u202egnp",
    "zero\u200bwidth",
    "nb\u00a0sp",
    "e\u0301mile",
    "line\u2028end",
)
LOOKS = ("1", "3.5", "-1", "1e308", "None", "nan", "True", "NA")
LABELS = ("None", "NA", "nan", "1", "True", "@x[1]")
MEAN_LABELS = ('say "hi"', "a\nb", "\\", "{record}", "🙂", "\u202eRLO")
ALIKE_LABELS = ("1", "1.0", "01", " 1", "a", "A")


def _bare_or_named(birds: Odd) -> dict[str, Odd]:
    """Tables without values, and with odd names."""
    nothing = ("",) * ROWS
    return {
        "nothing odd": birds,
        "all values missing": Odd(birds.names, (nothing,) * 8),
        "all values missing by a word": Odd(birds.names, (("NA",) * ROWS,) * 8),
        "one column missing": birds.holding("bill", ["", "n/a"]).holding("sex", [""]),
        "names of answers": birds.named(TALK),
        "names like code": birds.named(CODE),
        "names alike but for case": birds.named(CASES),
        "names of one word twice": birds.named(("mass", "mass", "mass", "species", "species", "mass.1")),
        "stop words": birds.named(STOPS),
        "words of ours": birds.named(WORDS),
        "empty names": birds.named(("", " ", "\t", "", "flipper", "", "\u00a0", "\u200b")),
        "long names": birds.named([f"{LONG}{n}"[:299] + str(n) for n in range(6)]),
        "names with quotes": birds.named(MARKS),
        "names with signs": birds.named(SIGNS),
        "names like values": birds.named(LOOKS),
    }  # fmt: skip


def _labelled(birds: Odd) -> dict[str, Odd]:
    """Tables with odd labels."""
    return {
        "labels like no value": birds.levelled(LABELS),
        "labels with marks": birds.levelled(MEAN_LABELS),
        "labels almost alike": birds.levelled(ALIKE_LABELS),
        "labels like names": birds.levelled(["mass", "bill", "species"]),
        "labels like names in quotes": birds.named(STOPS).holding("of", ["the", "of", "is"]).holding("mean", STOPS[:4]),
    }  # fmt: skip


def _valued(birds: Odd) -> dict[str, Odd]:
    """Tables with odd flags, numbers and dates."""
    return {
        "flags like truth": birds.holding("sex", ["True", "False", "True"]).holding("eggs", ["0", "1", "1"]),
        "infinities": birds.holding("mass", _numbers(lambda rng: rng.choice(["inf", "-inf", "Infinity"]), 0.2)),
        "huge numbers": birds.holding("mass", _numbers(lambda rng: f"{rng.uniform(0.2, 1.7):.3f}e308")),
        "some huge numbers": birds.holding("mass", _numbers(lambda _: "1e308", 0.05)),
        "minute numbers": birds.holding("mass", _numbers(lambda rng: f"{rng.uniform(1, 9):.3f}e-310")),
        "whole numbers beyond 2^53": birds.holding(
            "eggs", _numbers(lambda rng: str(2**53 + rng.randrange(10**6)))
        ).holding("flipper", _numbers(lambda rng: str(2**53 - rng.randrange(10**6)))),
        "whole numbers beyond 2^64": birds.holding("eggs", _numbers(lambda rng: str(rng.randrange(10**30)))),
        "mixed types": birds.holding("mass", _numbers(lambda rng: rng.choice(["2020-01-01", "many", "True"]), 0.1)),
        "few of another type": birds.holding("mass", _numbers(lambda _: "unknown", 0.03)),
        "dates before 1700": birds.holding(
            "ringed", _numbers(lambda rng: f"{rng.randrange(1500, 1699)}-0{rng.randrange(1, 9)}-11")
        ),
        "dates of all ages": birds.holding(
            "ringed", _numbers(lambda rng: f"{rng.choice([1, 1066, 1700, 2024, 9999]):04}-02-{rng.randrange(1, 29):02}")
        ),
    }  # fmt: skip


def _shaped(birds: Odd) -> dict[str, Odd]:
    """Tables of an odd shape, and odd in several ways at once."""
    return {
        "all equal": Odd(birds.names, tuple((cells[0] or "1",) * ROWS for cells in birds.columns)),
        "one column equal": birds.holding("mass", ["3.7"]).holding("sex", ["male"]),
        "all distinct": Odd(
            birds.names, tuple(tuple(f"{name} {n * 7919 % 997}" for n in range(ROWS)) for name in birds.names)
        ),
        "distinct labels": birds.holding("species", [f"Adelie {n}" for n in range(ROWS)]),
        "hardly any rows": Odd(birds.names, tuple(cells[:12] for cells in birds.columns)),
        "labels alone": Odd(birds.names[1::2], birds.columns[1::2]),
        "numbers alone": Odd(birds.names[::2][:3], birds.columns[::2][:3]),
        "names and labels at once": birds.levelled(LABELS).named(("@x[1]", "None", '"', "df", LONG, "", "🙂", "the")),
        "signs in names and labels": birds.levelled(MEAN_LABELS).named(SIGNS),
        "answers and huge numbers": birds.holding("mass", _numbers(lambda _: "1.7e308", 0.5)).named(TALK),
    }  # fmt: skip


def _tables(birds: Odd) -> dict[str, Odd]:
    return _bare_or_named(birds) | _labelled(birds) | _valued(birds) | _shaped(birds)


TABLES: Mapping[str, Odd] = _tables(good())
