"""Who was let fork has had that when it was told so, and not before."""

import errno
import fcntl
import sys

import pytest

from actors.workers.sandbox import gate as module
from actors.workers.sandbox.gate import Gate

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has branches")
ASKED, TOLD, CALL = 7, 9, 56
"""Of what is asked, of who asks, and of the call: no other comes this far."""


class Kernel:
    """Asks for somebody, and takes the answer where that one still waits for it."""

    def __init__(self) -> None:
        self.is_waited_for = True
        self.verdicts: list[int] = []

    def ioctl(self, _listener: int, request: int, data: bytes | bytearray) -> None:
        if isinstance(data, bytearray):
            data[:] = module._NOTICE.pack(ASKED, TOLD, 0, CALL, 0, 0, *(0,) * 6)
        elif self.is_waited_for:
            self.verdicts.append(module._VERDICT.unpack(data)[2])
        else:
            raise OSError(errno.ENOENT, f"nobody waits for {request}")

    def ask(self, gate: Gate, *, waits: bool = True) -> None:
        self.is_waited_for = waits
        try:
            gate._decide()
        except FileNotFoundError:
            assert not waits


def test_who_was_interrupted_before_it_was_told_may_ask_again_and_who_was_told_may_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = Kernel()
    monkeypatch.setattr(fcntl, "ioctl", kernel.ioctl)
    gate = Gate(-1)
    gate.grant(TOLD)
    kernel.ask(gate, waits=False)
    kernel.ask(gate)
    kernel.ask(gate)
    assert kernel.verdicts == [0, -errno.EPERM]
