"""Licences of tables, as a person tells them: `licences.toml` beside the table, or in the home.

"penguins_raw.csv" = "CC0-1.0"
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from events.dataset import DatasetRegistered
from store.home import Home
from store.projections.state import State

NAME = "licences.toml"


class LicencesError(Exception):
    """A file of licences cannot be followed."""


def licences_of(home: Home, state: State) -> dict[str, str]:
    """The licence of each table by its id, where one is told; what the home says stands before all else.

    Raises:
        LicencesError: a file is no TOML, or a licence no text.
    """
    read = lru_cache(maxsize=None)(_read)
    found: dict[str, str] = {}
    for dataset, table in state.datasets.by_id.items():
        for folder in (home.root, Path(table.path).parent):
            licence = read(folder / NAME).get(_file(table))
            if licence is not None:
                found.setdefault(dataset, licence)
    return found


def _file(table: DatasetRegistered) -> str:
    return Path(table.path).name


def _read(path: Path) -> Mapping[str, str]:
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LicencesError(f'{path} is no TOML: {error}; write lines such as "birds.csv" = "MIT"') from error
    for name, licence in told.items():
        if not isinstance(licence, str):
            raise LicencesError(f'{path}: {name} must be a text, such as "{name}" = "CC0-1.0"')
    return told
