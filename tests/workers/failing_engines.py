"""Engines that fail on purpose: one that is made up, and a door in front of the real one that can be stuck or shut."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

SOCKET = Path("/var/run/docker.sock")
INFO = {"NCPU": 2, "MemTotal": 8 * 1024**3}
VERSION = {"ApiVersion": "1.41", "Version": "fake"}


@dataclass
class FakeEngine:
    """Answers as it is told to, and remembers what it was asked."""

    answers: dict[str, list[int]] = field(default_factory=dict)
    """By `METHOD last-part-of-path`, the statuses that come next; 0 for none ever, and then all is well."""
    asked: list[str] = field(default_factory=list)
    containers: list[dict[str, Any]] = field(default_factory=list)
    """Those that are listed."""
    ended: list[str] | None = None
    """The ids of those that it removes when it is asked for all that have ended."""
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the same, what came with the last such question: the query, and the body if there was one."""

    async def answer(self, request: web.Request) -> web.Response:
        parts = request.path.strip("/").split("/")
        if parts[-1] in ("version", "_ping"):
            return web.json_response(VERSION)
        what = f"{request.method} {parts[-1]}"
        if request.method == "DELETE":
            what = "DELETE container"
        self.asked.append(what)
        self.sent[what] = dict(request.query) | (await request.json() if request.can_read_body else {})
        status = self.answers[what].pop(0) if self.answers.get(what) else 200
        if status == 0:
            await asyncio.Event().wait()
        if status >= 300:
            return web.json_response({"message": f"made up {status}"}, status=status)
        if status == 204:
            return web.Response(status=204)
        known: dict[str, Any] = {
            "info": INFO,
            "json": self.containers,
            "prune": {"ContainersDeleted": self.ended},
        }
        return web.json_response(known.get(parts[-1], {"Id": "c1"}))


@asynccontextmanager
async def serving(engine: FakeEngine, socket: Path) -> AsyncIterator[None]:
    """Have the engine answer on a socket."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", engine.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.UnixSite(runner, str(socket)).start()
    try:
        yield
    finally:
        await runner.cleanup()


class Door:
    """A socket that leads to the engine of this machine."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self._inside: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Let everybody in."""
        self._server = await asyncio.start_unix_server(self._enter, str(self.socket))

    def stick(self) -> None:
        """Pass nothing on of what attached streams say from here on, in either direction."""
        self._flows.clear()

    async def shut(self) -> None:
        """Throw everybody out, and let nobody in: the engine is gone."""
        if self._server is not None:
            self._server.close()
            self.socket.unlink(missing_ok=True)
        for writer in tuple(self._inside):
            writer.transport.abort()
        self._flows.set()
        self._server = None

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_unix_connection(str(SOCKET))
        self._inside |= {writer, their_writer}
        attached = asyncio.Event()
        try:
            await asyncio.gather(
                self._pass_on(reader, their_writer, attached), self._pass_on(their_reader, writer, attached)
            )
        finally:
            for one in (writer, their_writer):
                self._inside.discard(one)
                one.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, attached: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if (
                    b"/attach?" in data.partition(b"\r\n")[0]
                ):  # a connection is used for one call after the other
                    attached.set()
                elif attached.is_set():
                    await self._flows.wait()
                writer.write(data)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()


def reached_at(socket: Path, setenv: Callable[[str, str], None]) -> None:
    """Have this process ask the engine at a socket."""
    os.environ.pop("DOCKER_CONTEXT", None)
    setenv("DOCKER_HOST", f"unix://{socket}")
