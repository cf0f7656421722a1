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


class ForgedFrame(Exception):
    """Bytes that are no frame; whoever sent them is not to be listened to any more."""


class FrameTooLong(Exception):
    """A frame that would be over `MAX_BODY` or `MAX_RECORD`; nothing was sent."""


class RawFrame(NamedTuple):
    """A frame whose body was not looked at yet."""

    session: int
    kind: type[Frame]
    body: bytes


def pack(session: int, frame: Frame) -> bytes:
    """The bytes of a frame.

    Raises:
        FrameTooLong: the body is over the limit.
        UnicodeEncodeError: a text holds half of a surrogate pair.
    """
    return repack(RawFrame(session, type(frame), _ENCODER.encode(frame)))


def repack(raw: RawFrame) -> bytes:
    """The bytes of a frame whose body is at hand; a supervisor passes on what it does not read.

    Raises:
        FrameTooLong: the body is over the limit.
    """
    if len(raw.body) > (most := _most(raw.kind)):
        message = f"a {raw.kind.__name__} frame of {len(raw.body)} bytes; {most} are allowed"
        raise FrameTooLong(message)
    return _HEADER.pack(raw.session, _CODES[raw.kind], len(raw.body)) + raw.body


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


class FrameReader:
    """Cuts a byte stream into frames; holds one frame's bytes at most, and what was fed last."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[RawFrame]:
        """The frames that are complete now, in order.

        Raises:
            ForgedFrame: an unknown type or a length over the limit; the stream is lost from there on.
        """
        self._bytes += data
        frames: list[RawFrame] = []
        start = 0
        while (raw := self._frame_at(start)) is not None:
            frames.append(raw)
            start += _HEADER.size + len(raw.body)
        del self._bytes[:start]
        return frames

    def _frame_at(self, start: int) -> RawFrame | None:
        if len(self._bytes) - start < _HEADER.size:
            return None
        session, code, length = _HEADER.unpack_from(self._bytes, start)
        if code not in _DECODERS or length > _most(_TYPES[code - 1]):
            message = f"a frame of type {code} and {length} bytes"
            raise ForgedFrame(message)
        body = start + _HEADER.size
        if len(self._bytes) - body < length:
            return None
        return RawFrame(session, _TYPES[code - 1], bytes(self._bytes[body : body + length]))
