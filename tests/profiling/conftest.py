"""Shared by the tests of the reader: settings said in one word, and small tables."""

from collections.abc import Callable

import pandas as pd
import pytest

from actors.profiling.detect import Resolved, resolve_reader
from actors.profiling.table import TableRefused, read_table

Read = Callable[[bytes], tuple[pd.DataFrame, Resolved]]
Refusal = Callable[[bytes], TableRefused]


@pytest.fixture
def read() -> Read:
    """Finds out how bytes are to be read, and reads them so."""

    def found(data: bytes) -> tuple[pd.DataFrame, Resolved]:
        resolved = resolve_reader(data)
        return read_table(data, resolved.reader), resolved

    return found


@pytest.fixture
def refusal() -> Refusal:
    """The refusal that bytes meet."""

    def met(data: bytes) -> TableRefused:
        with pytest.raises(TableRefused) as caught:
            resolve_reader(data)
        return caught.value

    return met
