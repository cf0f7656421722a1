"""Small CSV files of our own: some that serve, some that do not."""

import csv
import io
import random
from collections.abc import Sequence

BIRDS = ("species", "island", "sex", "mass", "bill", "flipper", "chicks")
DAYS = ("day", "station", "wind", "rain", "warmth", "clouds")


def birds(names: Sequence[str] = BIRDS, rows: int = 90, seed: int = 1) -> bytes:
    """Three species on two islands, with gaps; under other names if wanted."""
    rng = random.Random(seed)
    return table(names, [_bird(rng) for _ in range(rows)])


def days(rows: int = 100, seed: int = 2) -> bytes:
    """Weather by day and station."""
    rng = random.Random(seed)
    return table(DAYS, [_day(rng, number) for number in range(rows)])


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([names, *rows])
    return text.getvalue().encode()


def _bird(rng: random.Random) -> list[object]:
    species = rng.choice(["Adelie", "Gentoo", "Chinstrap"])
    mass = round((5100 if species == "Gentoo" else 3700) + rng.gauss(0, 300))
    bill = round(mass / 100 + rng.gauss(0, 2), 1) if rng.random() > 0.06 else ""
    flipper = 150 + round(mass / 50 + rng.gauss(0, 4))
    return [
        species,
        rng.choice(["Biscoe", "Dream"]),
        rng.choice(["m", "f", ""]),
        mass,
        bill,
        flipper,
        rng.randrange(5),
    ]


def _day(rng: random.Random, number: int) -> list[object]:
    warmth = round(12 + 8 * rng.random() + (4 if number % 2 else 0), 1)
    day = f"2021-{1 + number // 28:02}-{1 + number % 28:02}"
    station = rng.choice(["north", "south", "coast", "hill"])
    return [
        day,
        station,
        round(rng.gammavariate(2, 3), 1),
        round(rng.expovariate(0.5), 1),
        warmth,
        rng.randrange(9),
    ]
