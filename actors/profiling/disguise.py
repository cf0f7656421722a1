"""Files that are named like a table and are something else."""

import json
import re

from actors.profiling.table import TableRefused

_ARCHIVES = {
    b"\x1f\x8b": ("gzip", "a gzip archive"),
    b"PK\x03\x04": ("zip", "a zip archive or a spreadsheet (xlsx, ods)"),
    b"PK\x05\x06": ("zip", "an empty zip archive"),
    b"BZh": ("binary", "a bzip2 archive"),
    b"\xfd7zXZ\x00": ("binary", "an xz archive"),
    b"\x28\xb5\x2f\xfd": ("binary", "a Zstandard archive"),
    b"7z\xbc\xaf": ("binary", "a 7z archive"),
    b"PAR1": ("parquet", "a Parquet file"),
    b"ARROW1": ("binary", "an Arrow file"),
    b"Obj\x01": ("binary", "an Avro file"),
    b"\xd0\xcf\x11\xe0": ("binary", "an old Excel or Word file"),
    b"SQLite format 3\x00": ("binary", "an SQLite database"),
    b"\x89HDF": ("binary", "an HDF5 file"),
    b"%PDF": ("binary", "a PDF"),
    b"\x89PNG": ("binary", "a picture"),
    b"\xff\xd8\xff": ("binary", "a picture"),
    b"GIF8": ("binary", "a picture"),
    b"\x7fELF": ("binary", "a program"),
}
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAMPLE = 65_536


def refuse_other_formats(data: bytes) -> None:
    """Passes bytes that may be text.

    Raises:
        TableRefused: `empty`, `gzip`, `zip`, `parquet` or `binary`.
    """
    if not data.strip():
        raise TableRefused("empty", "The file is empty. Check that it was written or downloaded in full.")
    for magic, (reason, what) in _ARCHIVES.items():
        if data.startswith(magic):
            raise TableRefused(
                reason, f"The file is {what}, not a CSV. Unpack it or export the table as CSV."
            )
    sample = data[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) * 10 > 3 * len(sample):
        raise TableRefused("binary", "The file is binary data, not text. Export the table as CSV.")


def refuse_other_texts(text: str) -> None:
    """Passes text that may be a table.

    Raises:
        TableRefused: `empty`, `git_lfs_pointer`, `html` or `json`.
    """
    start = text[:_SAMPLE].lstrip()
    if not start and not text.strip():
        raise TableRefused("empty", "The file holds nothing but white space.")
    if start.startswith("version https://git-lfs.github.com/spec/"):
        detail = "The file is a Git-LFS pointer: the table itself was not downloaded. Run `git lfs pull`."
        raise TableRefused("git_lfs_pointer", detail)
    if re.match(r"<(!doctype|html|head|body|\?xml|script)\b", start, re.IGNORECASE):
        detail = "The file is a web page or XML, perhaps a log-in page. Download the CSV itself."
        raise TableRefused("html", detail)
    if _is_json(start):
        raise TableRefused("json", "The file is JSON. Export the table as CSV.")


def _is_json(start: str) -> bool:
    """Whether the text opens a JSON object or array; its end may lie beyond what is looked at."""
    if not start.startswith(("{", "[")):
        return False
    try:
        json.JSONDecoder().raw_decode(start)
    except RecursionError:
        return True
    except json.JSONDecodeError as error:
        return len(start) >= _SAMPLE // 2 and error.pos > len(start) * 9 // 10
    return True
