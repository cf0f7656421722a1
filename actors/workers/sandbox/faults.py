"""What ended a cell, told in terms of its own code: class, message, and the frames of user code only.

An exception's class is user code too, and may lie or raise whenever it is asked for anything. So all but its
text is read from where Python keeps it, past whatever the class makes of the name.
"""

import re
from types import TracebackType
from typing import Any

from events.trace import ErrorReport

MAX_MESSAGE = 4_000
MAX_FRAMES = 20
_FILE = re.compile(r"<cell (\d+)>")
_TRACEBACK = BaseException.__dict__["__traceback__"]
_NAME = type.__dict__["__name__"]
_OF_SYNTAX = {name: SyntaxError.__dict__[name] for name in ("msg", "filename", "lineno")}


def filename(number: int) -> str:
    """The name under which a cell's code is compiled."""
    return f"<cell {number}>"


def report_of(error: BaseException) -> ErrorReport:
    """The report of an exception that user code raised or let through."""
    frames = _frames(error)
    if not frames and _is_syntax(error):
        place = _place(_of_syntax(error, "filename"), _of_syntax(error, "lineno"))
        frames = [place] if place else []
    return ErrorReport(kind=_name(type(error)), message=_message(error), frames=_bounded(frames))


def untold(error: BaseException) -> ErrorReport:
    """The report of an exception of which nothing but its class can be told; it runs no code of a user."""
    return ErrorReport(kind=_name(type(error)), message="(what it is cannot be told)")


def timed_out(error: BaseException, seconds: float) -> ErrorReport:
    """The report of a cell that was interrupted at its wall limit; its state is kept."""
    message = f"the cell was interrupted after {seconds:g} s; the state of the session is kept"
    return ErrorReport(kind="CellTimeout", message=message, frames=_bounded(_frames(error)))


def interrupted(error: BaseException) -> ErrorReport:
    """The report of a cell that its host interrupted; its state is kept."""
    message = "the cell was interrupted by its host; the state of the session is kept"
    return ErrorReport(kind="CellInterrupted", message=message, frames=_bounded(_frames(error)))


def clean(text: str) -> str:
    """The text with halves of surrogate pairs spelled out, since no channel carries them.

    Whatever a class of texts makes of it, what comes back is a plain one.
    """
    return str.encode(text, "utf-8", "backslashreplace").decode()


def _name(kind: type) -> str:
    """The name that the class was made with, whatever its own class would say."""
    return clean(_NAME.__get__(kind))


def _message(error: BaseException) -> str:
    try:
        text = clean(str(_of_syntax(error, "msg") if _is_syntax(error) else error))
    except BaseException as second:  # noqa: BLE001  `__str__` is user code too, and may raise anything
        text = f"(its text cannot be had: {_name(type(second))})"
    return clean(text[:MAX_MESSAGE])


def _frames(error: BaseException) -> list[str]:
    places: list[str] = []
    traceback: TracebackType | None = _TRACEBACK.__get__(error)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place, name = _place(code.co_filename, traceback.tb_lineno), clean(code.co_name)
        if place:
            places.append(place if name == "<module>" else f"{place}, in {name}")
        traceback = traceback.tb_next
    return places


def _is_syntax(error: BaseException) -> bool:
    return issubclass(type(error), SyntaxError)  # `isinstance` would ask the error itself


def _of_syntax(error: BaseException, name: str) -> Any:
    return _OF_SYNTAX[name].__get__(error)


def _place(file: object, line: object) -> str:
    match = _FILE.fullmatch(file) if type(file) is str else None
    return f"cell {match[1]}, line {line}" if match and (line is None or type(line) is int) else ""


def _bounded(frames: list[str]) -> tuple[str, ...]:
    """A recursion's frames are its first and its last ones."""
    if len(frames) <= MAX_FRAMES:
        return tuple(frames)
    half = MAX_FRAMES // 2
    return (*frames[:half], f"… {len(frames) - 2 * half} frames …", *frames[-half:])
