import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from actors.profiling.detect import resolve_reader
from actors.profiling.overrides import ReaderOverrides
from actors.profiling.table import read_table
from tests.profiling.conftest import Read

ROWS = "".join(f"{place},{place * 1.5},{'xyz'[place % 3]}\n" for place in range(20))
SPANISH = "país,año,v\n" + "".join(
    f"{('España', 'México', 'Perú')[n % 3]},{2000 + n},1.5\n" for n in range(20)
)


def test_a_plain_file_is_utf_8_with_commas(read: Read) -> None:
    frame, resolved = read(("a,b,c\n" + ROWS).encode())
    assert (resolved.reader.encoding, resolved.reader.delimiter, resolved.reader.header) == ("utf-8", ",", 0)
    assert list(frame.columns) == ["a", "b", "c"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Read, delimiter: str) -> None:
    _, resolved = read(("a,b,c\n" + ROWS).replace(",", delimiter).encode())
    assert resolved.reader.delimiter == delimiter


def test_other_delimiters_inside_quotes_do_not_count(read: Read) -> None:
    text = "name,place,v\n" + '"Doe; Jane","Paris, FR; x|y",1.5\n' * 20
    frame, resolved = read(text.encode())
    assert resolved.reader.delimiter == ","
    assert frame["name"].iloc[0] == "Doe; Jane"


def test_decimal_commas_are_never_wrong_numbers(read: Read) -> None:
    frame, resolved = read(("id;preis;menge\n" + "1;1.234,56;7\n2;0,5;8\n" * 10).encode())
    assert resolved.reader.delimiter == ";"
    assert frame["preis"].iloc[0] == "1.234,56"
    assert any("decimals are marked by a comma" in note for note in resolved.notes)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32-le", "utf-32-le"),
        ("utf-32-be", "utf-32-be"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_the_encoding_is_found(read: Read, written: str, found: str) -> None:
    frame, resolved = read(SPANISH.encode(written))
    assert resolved.reader.encoding == found
    assert list(frame.columns) == ["país", "año", "v"]
    assert frame["país"].tolist()[:3] == ["España", "México", "Perú"]


def test_typographic_quotes_and_the_euro_sign_are_cp1252(read: Read) -> None:
    frame, resolved = read(("item,price\n" + "“smart” quote…,€5\n" * 20).encode("cp1252"))
    assert resolved.reader.encoding == "cp1252"
    assert frame["price"].iloc[0] == "€5"


def test_a_few_garbled_words_do_not_cost_the_table_but_are_told(read: Read) -> None:
    text = "name,v\n" + "".join(f"some plain English words here {n},{n}.5\n" for n in range(60))
    _, resolved = read(text.encode() + b"Rub\xcc_\x8c\xa9n,3.5\n")
    assert any("uncertain" in note for note in resolved.notes)


def test_lines_above_the_names_are_left_out_and_told(read: Read) -> None:
    frame, resolved = read(("Quarterly report\n# units: kEUR, 2020\n\nid,region,kind\n" + ROWS).encode())
    assert list(frame.columns) == ["id", "region", "kind"]
    assert resolved.reader.header == 2
    assert any("above the names" in note for note in resolved.notes)


@pytest.mark.parametrize("years", [["2019", "2020"], ["2000", "2010", "2020"]])
def test_years_as_names_are_names(read: Read, years: list[str]) -> None:
    names = ["country", *years]
    rows = "".join(",".join([f"c{n}", *(str(n * 500) for _ in years)]) + "\n" for n in range(20))
    assert list(read((",".join(names) + "\n" + rows).encode())[0].columns) == names


def test_names_in_single_quotes_stand_as_in_the_file(read: Read) -> None:
    frame, _ = read(("'popul'\t'vote'\t'age'\n" + ROWS.replace(",", "\t")).encode())
    assert list(frame.columns) == ["'popul'", "'vote'", "'age'"]


def test_a_token_among_numbers_means_no_value_in_the_whole_file(read: Read) -> None:
    text = "mass,sex\n" + "3750,MALE\nNA,NA\n3800,FEMALE\n" * 5
    frame, resolved = read(text.encode())
    assert frame["mass"].isna().sum() == 5
    assert frame["sex"].isna().sum() == 5
    assert "NA" in resolved.reader.missing


def test_a_token_that_stands_in_text_only_stays_a_level_and_is_told(read: Read) -> None:
    text = "damage,country,v\n" + "None,NA,1.5\nMinor,DE,2.5\nMajor,FR,3.5\n" * 10
    frame, resolved = read(text.encode())
    assert (frame["damage"] == "None").sum() == 10
    assert (frame["country"] == "NA").sum() == 10
    assert sum("stays a value" in note for note in resolved.notes) == 2


def test_namibia_stays_even_where_the_file_writes_missing_numbers_as_na(read: Read) -> None:
    text = "country,v\n" + "NA,1.5\nDE,NA\nFR,3.5\nIT,4.5\n" * 5
    frame, resolved = read(text.encode())
    assert (frame["country"] == "NA").sum() == 5
    assert frame["v"].isna().sum() == 5
    assert resolved.reader.kept == ("country",)


def test_spellings_that_only_programs_write_always_mean_no_value(read: Read) -> None:
    frame, _ = read(("name,v\n" + "NaN,1.5\nnull,N/A\nx,3.5\ny,#N/A\n" * 5).encode())
    assert frame["name"].isna().sum() == 10
    assert frame["v"].isna().sum() == 10


def test_what_stands_among_numbers_is_told(read: Read) -> None:
    _, resolved = read(("a,b\n" + "".join(f"{n},{n}.5\n" for n in range(20)) + "977 combined,3.5\n").encode())
    assert "Column 'a' is read as text: '977 combined' stands among its numbers." in resolved.notes


def test_names_in_notes_cannot_act_on_a_terminal(read: Read) -> None:
    _, resolved = read(("\x1b[31mred,\x1b[31mred,\u202eevil\n" + ROWS).encode())
    assert all(note.isprintable() for note in resolved.notes)


def test_what_a_person_says_goes_before_what_is_found() -> None:
    data = "1;NA;x\n2;3;y\n4;5;z\n".encode("utf-16")
    said = ReaderOverrides(encoding="utf-16", delimiter=";", header=0, missing=("x",), kept=("1",))
    reader = resolve_reader(data, said).reader
    assert (reader.encoding, reader.delimiter, reader.header) == ("utf-16", ";", 0)
    assert (reader.missing, reader.kept) == (("x",), ("1",))
    assert list(read_table(data, reader).columns) == ["1", "NA", "x"]


FRIENDLY = st.text("abcdefghijklmnopqrstuvwxyzäöüéñ ,;'", min_size=1, max_size=12).map(
    lambda text: "w" + text
)


@given(
    cells=st.lists(st.tuples(FRIENDLY, st.integers(0, 999), FRIENDLY), min_size=12, max_size=20),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be"]),
)
def test_an_everyday_table_is_found_out_and_read_back(
    cells: list[tuple[str, int, str]], delimiter: str, end: str, encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(["first name", "amount", "last name"])
    writer.writerows(cells)
    data = text.getvalue().encode(encoding)
    frame = read_table(data, resolve_reader(data).reader)
    assert list(frame.itertuples(index=False, name=None)) == cells


PROGRAM = """
import sys
from actors.profiling.detect import resolve_reader
from actors.profiling.profile import profile
from actors.profiling.table import read_table
from events.identity import canonical_json, digest_of
data = sys.stdin.buffer.read()
found = resolve_reader(data)
frame = read_table(data, found.reader)
whole = [found.reader, found.notes, profile(frame), frame.to_json(), [str(d) for d in frame.dtypes]]
print(digest_of(canonical_json(whole)))
"""


def test_hash_seed_and_locale_change_nothing() -> None:
    root = Path(__file__).parents[2]
    data = (root / "examples" / "volcanoes.csv").read_bytes()
    digests = set()
    for seed, locale in (("1", "C"), ("77", "C.UTF-8")):
        place = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=data,
            capture_output=True,
            check=True,
            cwd=root,
            env={**os.environ, **place},
        )
        digests.add(done.stdout)
    assert len(digests) == 1
