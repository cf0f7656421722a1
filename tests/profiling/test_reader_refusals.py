import gzip
import io
import zipfile

import pytest

from tests.profiling.conftest import Refusal

BODY = "".join(f"{n},{n * 1.5},{'xyz'[n % 3]}\n" for n in range(20))


def zipped() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("x.csv"), "a,b\n1,2\n")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n \n\t\n\r\n", "empty"),
        ("\ufeff\n".encode("utf-16"), "empty"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (zipped(), "zip"),
        (b"PAR1\x15\x04\x15\x10\x00\x00PAR1", "parquet"),
        (b"%PDF-1.7\n1,2\n", "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x01\x02\x03,\x04\n" * 50, "binary"),
        (b"a,b\n1,x\x00y\n2,3\n4,5\n6,7\n", "nul_bytes"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n", "git_lfs_pointer"),
        (b"<!DOCTYPE html><html><body><p>Please, sign in</p></body></html>\n", "html"),
        (b"\n<?xml version='1.0'?><a/>", "html"),
        (b'[{"a": 1, "b": [1, 2]}, {"a": 2, "b": null}]\n', "json"),
        (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "json"),
        (b"[" * 60_000, "json"),
        (b"a,b,c\n", "header_only"),
        (b"a,b,c", "header_only"),
        (b"title\n\na,b,c\n", "header_only"),
        (b"x\n" + b"1.5\n" * 20, "one_column"),
        (b'""\n', "one_column"),
        (b"42", "one_column"),
        (b"import os\nprint('a,b')\nprint('c')\n", "one_column"),
        (b"178,13,class_0\n" + b"14.2,1.7,2.4,15.6\n13.2,1.8,2.1,11.2\n" * 9, "header_short"),
        (b"a,b\n" + b"7,2,3\n4,5,6\n" * 9, "header_short"),
        (BODY.encode(), "no_header"),
        (b"0,63.9,x\n" + b"1,55.5,y\n2,70.25,x\n3,60.0,z\n" * 5, "no_header"),
        (b"a,b,c\n(-),(kg),(m)\n" + BODY.replace("x", "1").replace("y", "2").replace("z", "3").encode(), "second_header"),
        (b"Show,Id,v\nShow,Id,v\n" + BODY.encode(), "second_header"),
        (b"id,Which films have you seen?,,,,\n,One,Two,Three,Four,Five\n" + b"1,One,,Three,,Five\n" * 15, "second_header"),
        (b"a,b,c\n1,2,3\n4,5\n6\n7,8,9,10\n11,12,13\n", "ragged"),
        (b"a,b\n" + b"1,2\n" * 9 + b"Total\n", "ragged"),
        (b'a,b\n1,"never closed\n' + b"2,3\n" * 20, "quoting"),
        (b'a,b\n1,5" pipe\n2,"x"y"z"\n', "quoting"),
        (("名前,値\n" + "表計算,5\n" * 20).encode("shift_jis"), "encoding"),
        (("имя,v\n" + "Москва,5\n" * 20).encode("cp1251"), "encoding"),
        ((",".join(f"c{n}" for n in range(2001)) + "\n" + "1," * 2000 + "1\n").encode(), "too_wide"),
    ],
)  # fmt: skip
def test_what_is_no_safe_table_is_refused_with_a_reason_and_advice(
    refusal: Refusal, data: bytes, reason: str
) -> None:
    met = refusal(data)
    assert met.reason == reason
    assert met.detail.endswith((".", "`."))
    assert met.detail.isprintable()


def test_a_header_shorter_than_its_rows_is_explained(refusal: Refusal) -> None:
    met = refusal(b"178,13,class_0\n" + b"14.2,1.7,2.4,15.6\n13.2,1.8,2.1,11.2\n" * 9)
    assert "has 3 cells, the rows have 4" in met.detail
    assert "Begin the file with a line of 4 names" in met.detail


def test_a_ragged_row_is_named(refusal: Refusal) -> None:
    assert "the first is row 2 below the header, with 1" in refusal(b"a,b\n1,2\n3\n4,5\n").detail
