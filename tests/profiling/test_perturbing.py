from typing import get_args, get_type_hints

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from actors.profiling.perturb import perturb
from events.trace import Perturbation

KINDS = get_args(get_type_hints(Perturbation)["kind"])
SEEDS = st.integers(0, 2**63)


def table(rows: int = 100) -> pd.DataFrame:
    text = pd.StringDtype("python", na_value=np.nan)
    return pd.DataFrame(
        {
            "whole": np.arange(rows) * 7 + 1,
            "code": np.arange(rows) % 4,
            "decimal": np.where(np.arange(rows) % 10 == 3, np.nan, np.arange(rows) + 0.25),
            "missing_code": np.where(np.arange(rows) % 9 == 0, np.nan, np.arange(rows) % 2),
            "name": pd.Series(["x", "y", None, "z"] * (rows // 4) + ["x"] * (rows % 4), dtype=text),
        }
    )


@given(kind=st.sampled_from(KINDS), seed=SEEDS, rows=st.integers(1, 60))
def test_a_perturbed_table_follows_from_kind_and_seed_and_spares_the_original(
    kind: str, seed: int, rows: int
) -> None:
    original = table(rows)
    first = perturb(original, kind, seed)
    pd.testing.assert_frame_equal(original, table(rows))
    pd.testing.assert_frame_equal(first, perturb(original, kind, seed))
    assert list(first.columns) == list(original.columns)
    assert isinstance(first.index, pd.RangeIndex)
    assert first["name"].dtype == original["name"].dtype
    assert not np.isinf(first.select_dtypes("number").to_numpy()).any()


@pytest.mark.parametrize("kind", KINDS)
def test_seeds_give_different_tables(kind: str) -> None:
    assert not perturb(table(), kind, 1).equals(perturb(table(), kind, 2))


def test_a_known_table_stays_what_it_is() -> None:
    frame = pd.DataFrame({"v": np.arange(8) * 1.5})
    assert perturb(frame, "bootstrap", 0)["v"].tolist() == [9.0, 7.5, 6.0, 3.0, 3.0, 0.0, 0.0, 0.0]


def test_bootstrap_draws_rows_of_the_original() -> None:
    original = table()
    drawn = perturb(original, "bootstrap", 3)
    assert len(drawn) == len(original)
    assert set(drawn["whole"]) < set(original["whole"])
    whole = drawn.merge(original, on="whole", suffixes=("", "_was"))
    assert whole["decimal"].equals(whole["decimal_was"])


def test_blanked_takes_values_away_and_changes_none() -> None:
    original, blanked = table(), perturb(table(), "blanked", 3)
    for name in original:
        left = blanked[name].notna()
        assert left.sum() < len(original)
        assert (blanked[name][left] == original[name][left]).all()
    assert blanked["whole"].dtype == np.float64


def test_duplicated_repeats_one_row_in_ten_at_the_end() -> None:
    original, longer = table(), perturb(table(), "duplicated", 3)
    assert len(longer) == 110
    pd.testing.assert_frame_equal(longer.head(100), original)
    assert longer.duplicated().sum() == 10


def test_spiked_multiplies_a_few_numbers_and_keeps_every_dtype() -> None:
    original, spiked = table(), perturb(table(), "spiked", 3)
    assert spiked.dtypes.equals(original.dtypes)
    changed = spiked["whole"] != original["whole"]
    assert 1 <= changed.sum() <= 2
    assert (spiked["whole"][changed] % original["whole"][changed] == 0).all()


def test_rescaled_multiplies_each_column_by_its_own_factor() -> None:
    original, rescaled = table(), perturb(table(), "rescaled", 3)
    factors = [(rescaled[name] / original[name]).dropna() for name in ("whole", "decimal")]
    assert all(np.ptp(factor) < 1e-12 and not 0.8 < factor.iloc[0] < 1.25 for factor in factors)
    assert factors[0].iloc[0] != factors[1].iloc[0]


@pytest.mark.parametrize("kind", ["spiked", "rescaled"])
def test_codes_are_left_alone(kind: str) -> None:
    changed = perturb(table(), kind, 3)
    pd.testing.assert_frame_equal(changed[["code", "missing_code"]], table()[["code", "missing_code"]])


@pytest.mark.parametrize("kind", ["spiked", "rescaled"])
def test_a_number_that_would_overflow_stays(kind: str) -> None:
    frame = pd.DataFrame({"v": np.full(40, 1.7e308) - np.arange(40) * 1e306})
    assert np.isfinite(perturb(frame, kind, 4)["v"]).all()


def test_a_table_without_rows_stays_empty() -> None:
    assert perturb(table().head(0), "bootstrap", 1).shape == (0, 5)


def test_an_unknown_kind_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ValueError, match="bootstrap, blanked"):
        perturb(table(), "shaken", 1)
