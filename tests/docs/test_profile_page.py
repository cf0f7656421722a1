"""What the page on profiles says is so."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec

from actors.profiling.settings import FileSettings
from events.dataset import ColumnKind, ColumnSettings

PAGE = (Path(__file__).parents[2] / "docs" / "profile.md").read_text("utf-8")


def test_every_kind_is_explained() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(get_args(ColumnKind))


def test_the_example_of_settings_can_be_followed_and_shows_every_setting() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    said = msgspec.convert(tomllib.loads(example), FileSettings)
    named = {
        name
        for column in said.columns.values()
        for name, value in msgspec.structs.asdict(column).items()
        if value is not None
    }
    assert named == set(ColumnSettings.__struct_fields__)
    assert said.reader.amiss is None
    assert said.row == "penguin"
