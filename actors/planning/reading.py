"""What bytes have to be before anything on them is looked at."""

MOST_BYTES = 300_000
"""A page that is longer is no plan."""


class NotAPlanError(ValueError):
    """These bytes are no page that could be read; the message names the line and what to do."""


def read_text(data: bytes) -> str:
    """The text of a page.

    Raises:
        NotAPlanError: it is empty, too long, or not UTF-8.
    """
    if len(data) > MOST_BYTES:
        line = data.count(b"\n", 0, MOST_BYTES) + 1
        raise NotAPlanError(
            f"line {line}: here {MOST_BYTES:,} bytes are passed: a plan is to be read by people"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise NotAPlanError(
            f"line {line}: byte {data[problem.start]:#04x} is no UTF-8: save it as such"
        ) from None
    if not text.strip():
        raise NotAPlanError(
            "line 1: there is nothing on the page: begin with `# current.md` and its sections"
        )
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise NotAPlanError(
            f"line {line}: a NUL stands in it: this is no text, or another encoding than UTF-8"
        )
    return text
