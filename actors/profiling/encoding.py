"""Which encoding a file is in: by byte-order mark, by validity, and at last by what its words look like."""

import codecs
import re
from itertools import islice

from actors.profiling.table import TableRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # UTF-32's mark begins with that of UTF-16, so it is looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("cp1252", "mac-roman", "latin-1")
_SAMPLE = 65_536
_WORDS_TRIED = 5_000

_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_ANY_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_ACCENTED = frozenset("àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŸŒŠŽªº")
_SIGNS = frozenset("“”‘’‚„–—…•€£¥§©®°±²³µ¹¼½¾¿¡«»·×÷™†‡‰‹›\xa0\xad")  # noqa: RUF001  these very signs
_JOINED = re.compile(
    r"(^|[^\w])(l|d|n|s|c|j|m|t|qu|o|aujourd|jusqu|lorsqu|puisqu)’\w|\w’(s|t|re|ll|ve|d|m)\b|\w[–—·\xa0\xad]\w",  # noqa: RUF001
    re.IGNORECASE,
)


def encoding_of(data: bytes) -> tuple[str, str]:
    """A Python codec name, and the evidence for it as a sentence.

    Raises:
        TableRefused: `nul_bytes`, `binary` or `encoding`, when nothing fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, f"Encoding {name}: the file begins with its byte-order mark."
    if b"\0" in data:
        return _wide(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _legacy(data, error.start)
    return "utf-8", "Encoding utf-8: all bytes are valid in it."


def _wide(data: bytes) -> tuple[str, str]:
    """UTF-16 or UTF-32 without a mark puts NULs at fixed places; any other file with NULs is refused."""
    places = [data[place:_SAMPLE:4].count(0) * 4 / min(len(data), _SAMPLE) for place in range(4)]
    found = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }.get((places[0] > 0.3, places[1] > 0.3, places[2] > 0.3, places[3] > 0.3))
    if found and _is_text(data, found):
        return found, f"Encoding {found}: the zero bytes stand where it puts them."
    if data.count(0) * 5 < len(data) and _is_text(data.replace(b"\0", b""), "utf-8"):
        detail = "The file has NUL characters in its text. Remove them, or export the table again as UTF-8."
        raise TableRefused("nul_bytes", detail)
    raise TableRefused("binary", "The file is binary data, not text. Export the table as CSV.")


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        return "\0" not in data.decode(encoding)
    except UnicodeDecodeError:
        return False


def _legacy(data: bytes, broken_at: int) -> tuple[str, str]:
    """The old one-byte encoding in which most words with accents look like words."""
    words = [match.group() for match in islice(_WORD.finditer(data), _WORDS_TRIED)]
    # `max` takes the first of equals; without characters of its own latin-1 is a part of cp1252.
    readable = [name for name in _LEGACY if name != "cp1252" or _is_text(data, name)]
    fit = {name: sum(_looks_right(word.decode(name, "replace")) for word in words) for name in readable}
    best = max(fit, key=lambda name: fit[name])
    odd = len(words) - fit[best]
    told = (
        f"not UTF-8 (byte {broken_at:,}), and {fit[best]} of {len(words)} words with accents look right in it"
    )
    if 2 * fit[best] > len(words):
        return best, f"Encoding {best}: {told}."
    if odd * 100 <= sum(1 for _ in _ANY_WORD.finditer(data)):
        return best, f"Encoding {best}, uncertain: {told}; the others are garbled in every encoding tried."
    detail = (
        f"The file is not UTF-8 (byte {broken_at:,} is invalid), and in no other encoding tried"
        f" ({', '.join(_LEGACY)}) do its words look right. Save it as UTF-8, or name its encoding."
    )
    raise TableRefused("encoding", detail)


def _looks_right(word: str) -> bool:
    """Whether accents stand where Western languages put them and signs stand between words."""
    strange = [char for char in word if char > "\x7f" and char not in _ACCENTED and char not in _SIGNS]
    if strange:
        return False
    if re.search(r"[^\W\d_][^\w][^\W\d_]", word) and not _JOINED.search(word):
        return False
    return all(_is_word(piece) for piece in _LETTERS.findall(word))


def _is_word(piece: str) -> bool:
    accents = [place for place, char in enumerate(piece) if char > "\x7f"]
    if len(piece) > 1 and 3 * len(accents) > 2 * len(piece):
        return False
    return not any(_out_of_case(piece, place) for place in accents)


def _out_of_case(piece: str, place: int) -> bool:
    """A capital inside a word of small letters, or a small letter before a capital."""
    after = piece[place + 1 : place + 2]
    if piece[place].isupper():
        return place > 0 and (piece[place - 1].islower() or after.islower())
    return after.isupper()
