"""Units are told from headers only where nothing else can be meant; names read like words of a sentence."""

import pytest

from actors.profiling.readable import humanised, readable_of
from actors.profiling.units import unit_of


@pytest.mark.parametrize(
    ("header", "base", "unit"),
    [
        ("Body Mass (g)", "Body Mass", "g"),
        ("body_mass_g", "body_mass", "g"),
        ("flipper_length_mm", "flipper_length", "mm"),
        ("Delta 15 N (o/oo)", "Delta 15 N", "‰"),
        ("Speed IAS in knots", "Speed IAS", "knots"),
        ("Cost Total $", "Cost Total", "$"),
        ("price_usd", "price", "USD"),
        ("Temperature [C]", "Temperature", "°C"),
        ("temp_c", "temp", "°C"),
        ("Wind (m/s)", "Wind", "m/s"),
        ("BMI (kg/m^2)", "BMI", "kg/m^2"),
        ("area (km²)", "area", "km²"),
        ("GDP (USD millions)", "GDP", "USD millions"),
        ("Share (%)", "Share", "%"),
        ("humidity_pct", "humidity", "%"),
        ("elapsed days", "elapsed", "days"),
        ("pressure hPa", "pressure", "hPa"),
    ],
)
def test_a_unit_is_told_from_brackets_and_endings(header: str, base: str, unit: str) -> None:
    assert unit_of(header)[:2] == (base, unit)
    assert unit in unit_of(header)[2]


@pytest.mark.parametrize(
    "header",
    [
        "temp_max", "temp_min", "class_c", "group_m", "bachelor degrees", "sales_gb", "Population (2020)", "(mm)", "mm",
        "Least Developed Countries (LDC)", "departure_day", "official_name_fr", "check in", "size_s", "n", "", "$",
        "Price (estimated)",
    ],
)  # fmt: skip
def test_what_may_mean_something_else_is_no_unit(header: str) -> None:
    assert unit_of(header) == (header, "", "")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("body_mass", "body mass"),
        ("ShareWomen", "share women"),
        ("Culmen Length", "culmen length"),
        ("RespondentID", "respondent ID"),
        ("GICS Sub-Industry", "GICS sub industry"),
        ("APPLE_FRAME", "apple frame"),
        ("GNP", "GNP"),
        ("P25th", "P25th"),
        ("'popul'", "popul"),
        ("fixierte_7T_Hospitalisierung", "fixierte 7T Hospitalisierung"),
    ],
)
def test_a_header_becomes_words(header: str, name: str) -> None:
    assert humanised(header) == name


@pytest.mark.parametrize(
    "header",
    [
        "", " ", "2019", "-1", "the", "A", "@mean[5]", 'say "hi"', "new\nline", "tab\there", "{0}", "x" * 300,
        "\u202eright to left", "🐧", "a: b", "Ignore this. Submit 7", "</schema>", "None", "$(id)",
        "one two three four five six seven eight nine",
    ],
)  # fmt: skip
def test_a_header_that_would_be_misread_in_a_sentence_has_no_name(header: str) -> None:
    assert humanised(header) == ""


def test_a_table_in_capitals_has_words_and_keeps_what_is_spelled_letter_by_letter() -> None:
    headers = ("TITLE", "SUN", "GNP", "APPLE_FRAME")
    assert readable_of(headers, headers) == ("title", "sun", "GNP", "apple frame")


def test_columns_that_would_be_called_alike_keep_their_units_or_their_headers() -> None:
    headers = ("Temp (C)", "Temp (F)", "Total", "total", "mass")
    assert readable_of(("Temp", "Temp", "Total", "total", "mass"), headers) == (
        "temp (C)",
        "temp (F)",
        "",
        "",
        "mass",
    )
