"""Tables made unlike the original in every way, to see whether a value is moved by the table at all.

Perturbed tables stay near the original, so that the program decides on them as on it; a label, a flag or a
count often stays what it was there. Here columns are mirrored, labels change places, what goes together is
torn apart and what does not is brought together. What the hook is on such a table is held to nothing: that
it is something else shows that the table has a say in it.

Each of these functions is run as a cell of its own before those of the trace, so it needs nothing but `df`.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache

import pandas as pd

Shake = Callable[[pd.DataFrame], pd.DataFrame]


def mirrored(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The largest number of each column becomes its smallest, and so on."""
    numbers = frame.select_dtypes("number")
    return frame.assign(
        **{name: numbers[name].max() + numbers[name].min() - numbers[name] for name in numbers}
    )


def rotated(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each value that is no number becomes the next of its column in order, the last the first."""
    changed = {}
    for name in frame.select_dtypes(exclude="number"):
        values = sorted(frame[name].dropna().unique())
        changed[name] = frame[name].map(dict(zip(values, values[1:] + values[:1], strict=True)))
    return frame.assign(**changed)


def renamed(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each text is a longer one."""
    texts = frame.select_dtypes(exclude=["number", "bool", "datetime"])
    return frame.assign(**{name: frame[name].map("{}~".format, na_action="ignore") for name in texts})


def shuffled(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The values of each column stand in other rows than those of any other."""
    columns = enumerate(frame)
    return frame.assign(
        **{name: frame[name].sample(frac=1, random_state=k).set_axis(frame.index) for k, name in columns}
    )


def ordered(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each column is sorted by itself, so that all go together."""
    return frame.assign(**{name: frame[name].sort_values().set_axis(frame.index) for name in frame})


def widened(frame: "pd.DataFrame") -> "pd.DataFrame":
    """There are a column of numbers and one of texts that nobody knew of."""
    return frame.assign(**{"another number": range(len(frame)), "another text": "~"})


def stretched(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each column of numbers is a thousand times as large as the one before it was."""
    columns = enumerate(frame.select_dtypes("number"))
    return frame.assign(**{name: frame[name] * 1000.0**k for k, name in columns})


def skewed(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Numbers keep their order, most of them close together and few far above."""
    numbers = frame.select_dtypes("number")
    return frame.assign(**{name: numbers[name].rank(pct=True) ** 20 * 1e6 for name in numbers})


def shrunk(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each column of numbers is a thousand times as small as the one before it was."""
    columns = enumerate(frame.select_dtypes("number"))
    return frame.assign(**{name: frame[name] / 1000.0**k for k, name in columns})


def negated(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each number has the other sign."""
    return frame.assign(**{name: -frame[name] for name in frame.select_dtypes("number")})


def gapped(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each second cell is without a value."""
    rows = range(len(frame))
    return frame.assign(
        **{name: frame[name].where([(row + k) % 2 == 0 for row in rows]) for k, name in enumerate(frame)}
    )


def doubled(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Each row stands twice."""
    return frame.loc[frame.index.repeat(2)].reset_index(drop=True)


def uneven(frame: "pd.DataFrame") -> "pd.DataFrame":
    """As many rows more, drawn from the last of them again and again, from the first hardly ever."""
    weights = [float(row + 1) ** 4 for row in range(len(frame))]
    drawn = frame.sample(frac=1, replace=True, weights=weights, random_state=0)
    return frame.loc[[*frame.index, *drawn.index]].reset_index(drop=True)


def few(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The first two rows alone."""
    return frame.head(2)


SHAKES: tuple[Shake, ...] = (
    mirrored, rotated, shuffled, skewed, uneven, widened, renamed,
    negated, doubled, ordered, stretched, shrunk, gapped, few,
)  # fmt: skip
"""The tables in the order in which they are tried: those that move most come first."""


@lru_cache(maxsize=len(SHAKES))
def cell(shake: Shake) -> str:
    """The cell that has the names of a session mean the shaken table; it leaves no other name."""
    name = shake.__name__
    return "\n".join([inspect.getsource(shake), f"df = {name}(df)", f"del {name}"])
