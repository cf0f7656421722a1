"""What ended a cell, told in terms of its own code: class, message, and the frames of user code only."""

import re
from types import TracebackType

from events.trace import ErrorReport

MAX_MESSAGE = 4_000
MAX_FRAMES = 20
_FILE = re.compile(r"<cell (\d+)>")


def filename(number: int) -> str:
    """The name under which a cell's code is compiled."""
    return f"<cell {number}>"


def report_of(error: BaseException) -> ErrorReport:
    """The report of an exception that user code raised or let through."""
    frames = _frames(error.__traceback__)
    if (
        isinstance(error, SyntaxError)
        and not frames
        and (place := _place(error.filename or "", error.lineno))
    ):
        frames = [place]
    return ErrorReport(kind=clean(_name(type(error))), message=_message(error), frames=_bounded(frames))


def timed_out(error: BaseException, seconds: float) -> ErrorReport:
    """The report of a cell that was interrupted at its wall limit; its state is kept."""
    message = f"the cell was interrupted after {seconds:g} s; the state of the session is kept"
    return ErrorReport(kind="CellTimeout", message=message, frames=_bounded(_frames(error.__traceback__)))


def interrupted(error: BaseException) -> ErrorReport:
    """The report of a cell that its host interrupted; its state is kept."""
    message = "the cell was interrupted by its host; the state of the session is kept"
    return ErrorReport(kind="CellInterrupted", message=message, frames=_bounded(_frames(error.__traceback__)))


def clean(text: str) -> str:
    """The text with halves of surrogate pairs spelled out, since no channel carries them."""
    return text.encode("utf-8", "backslashreplace").decode()


def _name(kind: type) -> str:
    """The name that the class was made with, whatever its own class would say."""
    return str(type.__dict__["__name__"].__get__(kind))


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException as second:  # noqa: BLE001  `__str__` is user code too, and may raise anything
        text = f"(its text cannot be had: {_name(type(second))})"
    return clean(str(text)[:MAX_MESSAGE])


def _frames(traceback: TracebackType | None) -> list[str]:
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place = _place(code.co_filename, traceback.tb_lineno)
        if place:
            places.append(place if code.co_name == "<module>" else f"{place}, in {clean(code.co_name)}")
        traceback = traceback.tb_next
    return places


def _place(file: str, line: int | None) -> str:
    match = _FILE.fullmatch(file)
    return f"cell {match[1]}, line {line}" if match else ""


def _bounded(frames: list[str]) -> tuple[str, ...]:
    """A recursion's frames are its first and its last ones."""
    if len(frames) <= MAX_FRAMES:
        return tuple(frames)
    half = MAX_FRAMES // 2
    return (*frames[:half], f"… {len(frames) - 2 * half} frames …", *frames[-half:])
