"""The gate's settings: defaults, a file that says otherwise, and what cannot be followed told in words."""

from pathlib import Path

import pytest

from actors.gating.limits import Limits, LimitsError, read_limits


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_limits(tmp_path / "gate.toml") == Limits()


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text("min_verified = 5\nmax_refused = 0.25\n")
    assert read_limits(file) == Limits(min_verified=5, max_refused=0.25)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("min_verfied = 5", "unknown field `min_verfied`"),
        ("min_verified = -1", ">= 0"),
        ("min_verified = 2.5", "Expected `int`"),
        ("max_refused = 1.5", "<= 1.0"),
        ("max_refused = -0.1", ">= 0.0"),
        ("max_refused = nan", ">= 0.0"),
        ("sample = 0", ">= 1"),
        ("min_verified =", "this is no TOML"),
    ],
    ids=str,
)
def test_what_cannot_be_followed_is_told_with_the_file(tmp_path: Path, written: str, told: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(written)
    with pytest.raises(LimitsError) as refused:
        read_limits(file)
    assert told in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(LimitsError, match="there is no such file"):
        read_limits(tmp_path / "mine.toml", required=True)
