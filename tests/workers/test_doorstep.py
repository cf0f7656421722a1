"""A socket that one worker comes to: who is let in, what is told where nobody comes, and what is sent."""

import asyncio
import os
import selectors
import socket
import stat
from collections.abc import AsyncIterator

import anyio
import pytest

from actors.workers import doorstep as doorstep_module
from actors.workers.containers import SOCKET, Owner
from actors.workers.docker import DockerBackend
from actors.workers.doorstep import Doorstep, doorstep, let_in
from actors.workers.link import WorkerGone
from actors.workers.sandbox.hostline import HostLine


class Attached:
    """The attached streams of a container, which say nothing and end when they are told to."""

    worker = "0123456789abcdef"

    def __init__(self) -> None:
        self.ends = anyio.Event()

    async def send(self, data: bytes) -> None:
        raise AssertionError(f"{data!r} belongs on the socket")

    async def receive(self) -> bytes:
        await self.ends.wait()
        raise WorkerGone("ended")

    async def held(self) -> str:
        return "held"

    def last_words(self) -> str:
        return "alas"


@pytest.fixture
def attached() -> Attached:
    return Attached()


@pytest.fixture
async def door() -> AsyncIterator[Doorstep]:
    with doorstep() as door:
        yield door


def come(door: Doorstep) -> socket.socket:
    worker = socket.socket(socket.AF_UNIX)
    worker.connect(os.fspath(door.folder / SOCKET))
    return worker


async def test_what_is_said_on_the_socket_arrives_and_the_rest_is_told_by_the_attached_streams(
    attached: Attached, door: Doorstep
) -> None:
    async with let_in(attached, door) as link:
        with come(door) as worker:
            worker.send(b"ready")
            assert await link.receive() == b"ready"
            await link.send(b"cell")
            assert worker.recv(10) == b"cell"
            assert (link.worker, await link.held(), link.last_words()) == (attached.worker, "held", "alas")
        with pytest.raises(WorkerGone, match="container 0123456789ab ended its output"):
            await link.receive()


async def test_only_one_is_let_in_and_the_socket_is_gone_then(attached: Attached, door: Doorstep) -> None:
    assert list(door.folder.iterdir()) == [door.folder / SOCKET]
    async with let_in(attached, door) as link:
        with come(door) as worker:
            worker.send(b"ready")
            await link.receive()
            assert list(door.folder.iterdir()) == []


async def test_out_here_nobody_else_gets_to_the_socket_and_nothing_of_it_is_left(door: Doorstep) -> None:
    assert stat.S_IMODE(door.folder.parent.stat().st_mode) == 0o700
    with doorstep() as another:
        own = another.folder.parent
    assert not own.exists()


async def test_a_container_that_ends_before_it_came_is_gone_at_once(
    attached: Attached, door: Doorstep
) -> None:
    async with let_in(attached, door) as link:
        attached.ends.set()
        with pytest.raises(WorkerGone, match="ended its output"):
            await link.receive()


async def test_one_that_does_not_come_is_told_with_what_the_setting_needs(
    attached: Attached, door: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorstep_module, "COME_SECONDS", 0.01)
    async with let_in(attached, door) as link:
        with pytest.raises(
            WorkerGone, match=r"did not come .* TRACEGATE_WORKER_SOCKET=1 needs an engine that"
        ):
            await link.receive()
        with pytest.raises(WorkerGone, match="reads no more"):
            await link.send(b"cell")


async def test_a_session_goes_on_when_the_attached_streams_end_after_it_came(
    attached: Attached, door: Doorstep
) -> None:
    async with let_in(attached, door) as link:
        with come(door) as worker:
            worker.send(b"1")
            await link.receive()
            attached.ends.set()
            worker.send(b"2")
            assert await link.receive() == b"2"


async def test_a_cancelled_send_leaves_the_stream_whole(attached: Attached, door: Doorstep) -> None:
    long = bytes(range(256)) * 16384
    async with let_in(attached, door) as link:
        with come(door) as worker:
            worker.send(b"ready")
            await link.receive()
            with anyio.move_on_after(0) as scope:
                await link.send(long)
            assert scope.cancelled_caught
            worker.setblocking(False)
            heard = b""
            while len(heard) < len(long):
                heard += await asyncio.get_running_loop().sock_recv(worker, 1 << 16)
            assert heard == long


async def test_an_engine_at_the_end_of_a_network_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    sharing = DockerBackend("image", Owner("home"), shares_socket=True)
    with pytest.raises(WorkerGone, match="TRACEGATE_WORKER_SOCKET=1 needs an engine of this machine"):
        await sharing.machine()
    with pytest.raises(WorkerGone, match="TRACEGATE_WORKER_SOCKET=1 needs an engine of this machine"):
        async with sharing.start():
            pass


def test_a_host_that_breaks_off_a_socket_unread_has_ended_for_its_worker() -> None:
    host, worker = socket.socketpair()
    with worker, selectors.DefaultSelector() as selector:
        line = HostLine(worker.fileno(), worker.fileno(), selector, lambda _: None)
        worker.send(b"unread")
        host.close()
        ((key, events),) = selector.select()
        key.data(events)
        assert not line.is_open
