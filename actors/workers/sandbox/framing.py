"""Frames on a byte stream: session u32, type u8, length u32 (big endian), then a JSON body. Never pickle.

Both ends of every channel use this file. What comes from a session is forged until it is proven well
formed: a wrong type, length or body raises `ForgedFrame`, and what that costs is the reader's choice.
"""

import struct
from typing import NamedTuple

import msgspec

from events.frames import (
    Branch,
    Branched,
    Close,
    Drop,
    Dropped,
    Exit,
    Frame,
    Interrupt,
    Load,
    Loaded,
    New,
    Opened,
    Ping,
    Pong,
    Ready,
    Result,
    RunCell,
)

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a body at most."""
MAX_RECORD = 1024 * 1024
"""Bytes of a result at most: its host reads it, and has others to serve."""
WORKER = 0
"""The session number of frames that concern the worker as a whole."""

_HEADER = struct.Struct(">IBI")
_TYPES: tuple[type[Frame], ...] = (
    Load,
    New,
    RunCell,
    Close,
    Ping,
    Ready,
    Loaded,
    Pong,
    Opened,
    Result,
    Exit,
    Branch,
    Branched,
    Interrupt,
    Drop,
    Dropped,
)
_CODES = {kind: code for code, kind in enumerate(_TYPES, start=1)}
_DECODERS = {code: msgspec.json.Decoder(kind) for kind, code in _CODES.items()}
_ENCODER = msgspec.json.Encoder()


class _Numbered(msgspec.Struct):
    """What a supervisor reads of a cell."""

    number: int


_NUMBER = msgspec.json.Decoder(_Numbered)


class ForgedFrame(Exception):
    """Bytes that are no frame; whoever sent them is not to be listened to any more."""


class FrameTooLong(Exception):
    """A frame that would be over `MAX_BODY` or `MAX_RECORD`; nothing was sent."""


class RawFrame(NamedTuple):
    """A frame whose body was not looked at yet."""

    session: int
    kind: type[Frame]
    body: bytes | bytearray

    def wipe(self) -> None:
        """Overwrite the body: its memory is there for whoever is forked next, in use or not."""
        wipe(self.body)


def wipe(data: bytes | bytearray | memoryview) -> None:
    """Overwrite bytes where they stand; those that cannot be changed hold nothing that a session said."""
    if not isinstance(data, bytes):
        data[:] = bytes(len(data))


def pack(session: int, frame: Frame) -> bytes:
    """The bytes of a frame.

    Raises:
        FrameTooLong: the body is over the limit.
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    return repack(raw_frame(session, frame))


def raw_frame(session: int, frame: Frame) -> RawFrame:
    """A frame with its body as it is sent.

    Raises:
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    return RawFrame(session, type(frame), _ENCODER.encode(frame))


def repack(raw: RawFrame) -> bytes:
    """The bytes of a frame whose body is at hand; a supervisor passes on what it does not read.

    Raises:
        FrameTooLong: the body is over the limit.
    """
    return header(raw) + raw.body


def header(raw: RawFrame) -> bytes:
    """What stands before a frame's body.

    Raises:
        FrameTooLong: the body is over the limit.
    """
    if len(raw.body) > (most := _most(raw.kind)):
        message = f"a {raw.kind.__name__} frame of {len(raw.body)} bytes; {most} are allowed"
        raise FrameTooLong(message)
    return _HEADER.pack(raw.session, _CODES[raw.kind], len(raw.body))


def _most(kind: type[Frame]) -> int:
    return MAX_RECORD if kind is Result else MAX_BODY


def unpack(raw: RawFrame) -> Frame:
    """The frame itself.

    Raises:
        ForgedFrame: the body is not a frame of its type.
    """
    try:
        frame: Frame = _DECODERS[_CODES[raw.kind]].decode(raw.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"not a {raw.kind.__name__} frame: {error}"
        raise ForgedFrame(message) from error
    return frame


def number_of(raw: RawFrame) -> int:
    """The number in a frame's body, of which nothing else is read.

    Raises:
        ForgedFrame: it has none.
    """
    try:
        return _NUMBER.decode(raw.body).number
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"a {raw.kind.__name__} frame without a number: {error}"
        raise ForgedFrame(message) from error


class FrameReader:
    """Cuts a byte stream into frames; holds one frame's bytes at most.

    What it holds are copies of its own, each in one place, so that `wipe` leaves nothing of them.
    """

    def __init__(self) -> None:
        self._header = bytearray()
        self._body: RawFrame | None = None
        self._filled = 0

    def feed(self, data: bytes | memoryview) -> list[RawFrame]:
        """The frames that are complete now, in order.

        Raises:
            ForgedFrame: an unknown type or a length over the limit; the stream is lost from there on.
        """
        frames: list[RawFrame] = []
        left = memoryview(data)
        try:
            while (begun := self._begun(left)) is not None:
                raw, left = begun
                took = min(len(raw.body) - self._filled, len(left))
                memoryview(raw.body)[self._filled : self._filled + took] = left[:took]
                self._filled, left = self._filled + took, left[took:]
                if self._filled < len(raw.body):
                    break
                frames.append(raw)
                self._body = None
        except ForgedFrame:
            for raw in frames:
                raw.wipe()
            raise
        return frames

    @property
    def held(self) -> int:
        """How many bytes it holds, or has room for."""
        return len(self._header) + (len(self._body.body) if self._body else 0)

    def wipe(self) -> None:
        """Overwrite and drop what it holds of a frame that is not complete."""
        if self._body is not None:
            self._body.wipe()
        self._body = None
        self._header.clear()

    def _begun(self, data: memoryview) -> tuple[RawFrame, memoryview] | None:
        """The frame that is being read, and what is left of the data; None until its header is whole."""
        if self._body is None:
            missing = _HEADER.size - len(self._header)
            self._header += data[:missing]
            data = data[missing:]
            if len(self._header) < _HEADER.size:
                return None
            session, code, length = _HEADER.unpack(self._header)
            self._header.clear()
            if code not in _DECODERS or length > _most(_TYPES[code - 1]):
                message = f"a frame of type {code} and {length} bytes"
                raise ForgedFrame(message)
            self._body, self._filled = RawFrame(session, _TYPES[code - 1], bytearray(length)), 0
        return self._body, data
