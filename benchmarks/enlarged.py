"""The same table with more records, drawn from its own: what a larger one of its kind would be."""

from typing import Any

import numpy as np
import pandas as pd

TIMES = (1, 2, 4)
"""How many times as many rows."""


def enlarged(frame: Any, times: int) -> Any:
    """The table and, below it, rows drawn from it with repetition, the same ones whenever it is asked for.

    Drawn rather than repeated in order: columns that rise with the rows still do, and groups grow alike.
    """
    drawn = np.random.Generator(np.random.PCG64(times)).integers(len(frame), size=(times - 1) * len(frame))
    return pd.concat([frame, frame.iloc[np.sort(drawn)]], ignore_index=True)
