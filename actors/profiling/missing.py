"""Which spellings mean 'no value' in a file: the project's one policy, decided by evidence.

1. Spellings that programs write for no value and people for nothing else (`ALWAYS`) count wherever they are.
2. Spellings that may be a level as well (`BY_EVIDENCE`: `None` is the usual damage of a bird strike, `NA` is
   Namibia) count when they stand in a column whose other values are all numbers: then that is how the file
   writes them. Otherwise they stay values, and a note says so.
3. Even then `NA` stays a value in a column of other two-letter codes (`kept`).
Words such as `Unknown`, and sentinels such as -999, are values: only their owner knows what they mean.
"""

import re
from collections import Counter

from actors.profiling.table import Grid, number_of

ALWAYS = ("#N/A", "<NA>", "N/A", "NULL", "NaN", "n/a", "nan", "null")
BY_EVIDENCE = ("-", "--", ".", "?", "NA", "None")
_TWO_LETTERS = re.compile("[A-Z]{2}")

Spellings = list[Counter[str]]


def spellings_of(grid: Grid) -> Spellings:
    """How often each trimmed spelling stands in each column, the empty one aside."""
    counted = [Counter(map(str.strip, cells)) for cells in grid.columns]
    for column in counted:
        column.pop("", None)
    return counted


def missing_of(grid: Grid, spellings: Spellings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The spellings that mean 'no value' in this file, and a note on each that was judged."""
    missing, notes = list(ALWAYS), []
    for word in ALWAYS:
        cells = sum(column[word] for column in spellings)
        notes += [f"{word!r} is read as no value ({cells:,} cells)."] if cells else []
    for word in BY_EVIDENCE:
        places = [place for place, column in enumerate(spellings) if word in column]
        witness = next((place for place in places if _is_numbers(spellings[place])), None)
        if witness is not None:
            missing.append(word)
            notes.append(f"{word!r} is read as no value: it stands among numbers in {grid.names[witness]!r}.")
        elif places:
            cells = sum(spellings[place][word] for place in places)
            notes.append(
                f"{word!r} stays a value ({cells:,} cells, first in {grid.names[places[0]]!r}): it stands in"
                " no column of numbers."
            )
    return tuple(missing), tuple(notes)


def kept_of(
    grid: Grid, spellings: Spellings, missing: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns in which `NA` is one two-letter code among others, with a note on each."""
    if "NA" not in missing:
        return (), ()
    kept = tuple(name for name, column in zip(grid.names, spellings, strict=True) if _is_codes(column))
    return kept, tuple(
        f"'NA' stays a value in {name!r}: the others there are two-letter codes." for name in kept
    )


def _is_numbers(column: Counter[str]) -> bool:
    values = [spelling for spelling in column if spelling not in ALWAYS and spelling not in BY_EVIDENCE]
    return len(values) > 1 and all(number_of(value) is not None for value in values)


def _is_codes(column: Counter[str]) -> bool:
    others = [spelling for spelling in column if spelling != "NA"]
    return "NA" in column and len(others) > 2 and all(map(_TWO_LETTERS.fullmatch, others))
