"""Twins on their way: asked for, not heard of yet. The supervisor's side of how a session becomes two.

The supervisor makes the twin's channel and hands one end to the session that is to branch. Whose process
speaks on it the kernel tells, so a session can pass nobody else off as its twin.
"""

import os
import selectors
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from actors.workers.sandbox.child import Child, State
from actors.workers.sandbox.deaths import Doom
from actors.workers.sandbox.family import Family
from actors.workers.sandbox.framing import RawFrame
from actors.workers.sandbox.gate import Gate, is_listener
from actors.workers.sandbox.landlock import NoLandlock
from actors.workers.sandbox.nursery import Nursery
from actors.workers.sandbox.places import rules_for
from actors.workers.sandbox.shares import cpu_seconds_of
from actors.workers.sandbox.unborn import NEVER, Unborn

_PIECE = 65536
_SENDER = struct.Struct("=iii")


class Branches:
    """All twins on their way, and the gates of those who may branch.

    Args:
        nursery: where twins belong once they spoke.
        selector: where channels and gates are registered.
        born: told of a twin, and of the first bytes that it said.
        failed: told of the number of a twin that there will not be, and why.
    """

    def __init__(
        self,
        nursery: Nursery,
        selector: selectors.BaseSelector,
        born: Callable[[Child, bytes], None],
        failed: Callable[[int, Doom], None],
    ) -> None:
        self._nursery = nursery
        self._selector = selector
        self._born = born
        self._failed = failed
        self._unborn: list[Unborn] = []

    def admit(self, child: Child) -> None:
        """Take over the descriptor by which a branchable session asks to fork, when it has come."""
        for descriptor in child.listeners:
            if child.family is None or child.family.gate is not None or not is_listener(descriptor):
                os.close(descriptor)
                child.kill("crashed", "it handed over a descriptor that was not asked of it")
                continue
            child.family.gate = gate = Gate(descriptor)
            self._selector.register(gate, selectors.EVENT_READ, partial(self._answer, gate))
        child.listeners = []

    def ask(self, prefix: Child, raw: RawFrame, twin: int) -> None:
        """Ask a session that owes nothing to become two."""
        if prefix.family is None or prefix.state is not State.IDLE:
            self._failed(twin, ("crashed", f"a session that {prefix.state.value} was asked to branch"))
            return
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        unborn = Unborn(twin, prefix, prefix.family, ours, self._nursery, self._nursery.strangers())
        unborn.spent = prefix.carried + cpu_seconds_of(prefix.pid)
        prefix.family.places.add(unborn.place)
        self._unborn.append(unborn)
        self._selector.register(ours, selectors.EVENT_READ, partial(self._hear, unborn))
        with theirs:
            self._hand_over(unborn, raw, theirs)

    def _hand_over(self, unborn: Unborn, raw: RawFrame, link: socket.socket) -> None:
        """Ask it, and hand it what the other one needs: a channel and, where it is walled, rules."""
        gate = unborn.family.gate
        if gate is None:
            unborn.prefix.begin_branch(raw, [link.fileno()])
            return
        try:
            rules = rules_for(self._nursery.folder, unborn.place)
        except (OSError, NoLandlock) as error:
            self._give_up(unborn, ("crashed", f"it has no place: {error}"))
            return
        gate.grant(unborn.prefix.pid)
        unborn.prefix.begin_branch(raw, [link.fileno(), rules])
        os.close(rules)

    def answered(self, prefix: Child) -> None:
        """What was asked of it is done, or will not be: it may not fork any more, and its twin is awaited."""
        if prefix.family is not None and prefix.family.gate is not None:
            prefix.family.gate.revoke(prefix.pid)
        for unborn in self._unborn:
            if unborn.prefix is prefix:
                unborn.begin()

    def close(self, session: int) -> None:
        """The host wants that twin no more; it ends when it speaks."""
        for unborn in self._unborn:
            unborn.is_closed = unborn.is_closed or unborn.session == session

    def listen(self) -> None:
        """Hear all that twins have said by now."""
        for unborn in list(self._unborn):
            self._hear(unborn, 0)

    def deadline(self) -> float | None:
        """When `enforce` has something to do, by the monotonic clock."""
        due = min((unborn.due for unborn in self._unborn), default=NEVER)
        return None if due == NEVER else due

    def enforce(self, now: float) -> None:
        """Give up those that did not speak in time, or were ended."""
        for unborn in self._unborn:
            unborn.enforce(now)
        self.bury()

    def bury(self) -> frozenset[int]:
        """Give up those that are not to be; their processes, which may be ending."""
        doomed = [unborn for unborn in self._unborn if unborn.doom is not None]
        for unborn in doomed:
            self._give_up(unborn)
        return _processes(doomed)

    @property
    def awaited(self) -> Sequence[Unborn]:
        """All of which nothing was heard yet."""
        return self._unborn

    def suspect(self, family: Family) -> tuple[list[Unborn], frozenset[int]]:
        """End twins of a family that have not spoken, and their processes; which. `clear` tells of them."""
        suspects = [one for one in self._unborn if one.family is family and one.processes]
        for unborn in suspects:
            unborn.is_suspected = True
            unborn.end()
        return suspects, _processes(suspects)

    def clear(self, suspects: Sequence[Unborn], doom: Doom) -> None:
        """Give up some that were suspected."""
        for unborn in suspects:
            self._give_up(unborn, doom)

    def forget(self) -> None:
        """Drop what is not there for a new session to see."""
        self._unborn.clear()

    def _answer(self, gate: Gate, _events: int) -> None:
        if not gate.answer():
            self._selector.unregister(gate)
            gate.close()

    def _hear(self, unborn: Unborn, _events: int) -> None:
        if unborn not in self._unborn or unborn.is_suspected:
            return  # heard out earlier in this round, or ended and not judged yet
        try:
            data, told, _, _ = unborn.link.recvmsg(_PIECE, socket.CMSG_SPACE(_SENDER.size))
        except BlockingIOError:
            return
        except ConnectionError:
            data, told = b"", []
        pid = _sender(told)
        if not data:
            self._give_up(unborn, ("crashed", "it ended before it spoke"))
        elif pid <= 0 or pid in self._nursery.children:
            self._give_up(unborn, ("crashed", "another process spoke for it"))
            unborn.prefix.kill("crashed", "it spoke for its twin")
        elif not self._nursery.leads_its_group(pid):
            self._nursery.signal_strays(frozenset((pid,)))
            why = "it did not leave the group of processes of the one it came from"
            self._give_up(unborn, ("crashed", why))
        else:
            self._deliver(unborn, pid, data)

    def _deliver(self, unborn: Unborn, pid: int, data: bytes) -> None:
        self._part_with(unborn)
        unborn.link.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        child = self._nursery.adopt(pid, unborn.link, unborn.place, unborn.family)
        child.carried, child.seen = unborn.spent, unborn.seen
        child.outlasted = unborn.prefix.outlasted  # it has copies of what that one removed and holds
        child.begin_opening(unborn.session, unborn.prefix.limits, "crashed")
        self._kill_strays()
        if unborn.is_closed:
            child.kill("closed")  # and nobody is told: nobody asks any more
        else:
            self._born(child, data)

    def _give_up(self, unborn: Unborn, doom: Doom = ("closed", "")) -> None:
        doom = unborn.doom or doom
        self._part_with(unborn)
        unborn.link.close()
        self._nursery.leave(unborn.family, unborn.place)
        if not unborn.is_closed:
            self._failed(unborn.session, doom)
        self._kill_strays()

    def _kill_strays(self) -> None:
        """Kill who can be none of the twins that are still awaited."""
        strays = self._nursery.strangers()
        self._nursery.signal_strays(strays.intersection(*(unborn.before for unborn in self._unborn)))

    def _part_with(self, unborn: Unborn) -> None:
        self._unborn.remove(unborn)
        unborn.doom = unborn.doom or ("closed", "")  # whoever looks at its place is to stop
        with suppress(KeyError):
            self._selector.unregister(unborn.link)


def _processes(twins: Sequence[Unborn]) -> frozenset[int]:
    return frozenset[int]().union(*(unborn.ended for unborn in twins))


def _sender(told: list[tuple[int, int, bytes]]) -> int:
    """The process that the kernel names as the sender of what was received; 0 where it names none."""
    for level, kind, data in told:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return int(_SENDER.unpack(data[: _SENDER.size])[0])
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            for (descriptor,) in struct.iter_unpack("=i", data[: len(data) // 4 * 4]):
                os.close(descriptor)
    return 0
