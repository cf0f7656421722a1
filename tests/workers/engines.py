"""Engines that are not what is hoped for, each behind a socket of its own; and a way to a true one over TCP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
from aiohttp import web
from anyio.abc import ByteStream, SocketStream

PIECE = 65536


@asynccontextmanager
async def fake_engine(
    path: Path, *, api: str = "1.41", labels: dict[str, str] | None = None
) -> AsyncIterator[str]:
    """An engine that tells its version and one image with these labels; its address.

    Args:
        path: where its socket is to be.
        api: the newest API that it speaks.
        labels: of the image; without, there is no image.
    """

    async def version(_: web.Request) -> web.Response:
        return web.json_response({"Version": "1", "ApiVersion": api})

    async def image(request: web.Request) -> web.Response:
        if labels is None:
            return web.json_response({"message": f"No such image: {request.path}"}, status=404)
        return web.json_response({"Id": "sha256:fake", "Config": {"Labels": labels}})

    async def otherwise(_: web.Request) -> web.Response:
        return web.json_response({"message": "the engine is out of order"}, status=500)

    app = web.Application()
    app.router.add_get("/{any:.*}version", version)
    app.router.add_get("/{any:.*}images/{name:.*}/json", image)
    app.router.add_route("*", "/{any:.*}", otherwise)
    async with _serving(app, path) as address:
        yield address


@asynccontextmanager
async def _serving(app: web.Application, path: Path) -> AsyncIterator[str]:
    """The address of what answers on a socket for so long."""
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.UnixSite(runner, str(path)).start()
        yield f"unix://{path}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def web_server(path: Path, text: str, kind: str = "application/json") -> AsyncIterator[str]:
    """Something that gives one answer to everything, on a socket; its address.

    Args:
        path: where its socket is to be.
        text: the answer.
        kind: what it says that the answer is.
    """

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    async with _serving(app, path) as address:
        yield address


@asynccontextmanager
async def over_tcp(path: Path) -> AsyncIterator[str]:
    """The engine behind a socket, at an address of this machine that the loopback alone reaches."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)

    async def pass_on(heard: Any) -> None:
        async with heard, await anyio.connect_unix(str(path)) as asked, anyio.create_task_group() as tasks:
            tasks.start_soon(_copied, heard, asked)
            await _copied(asked, heard)
            tasks.cancel_scope.cancel()

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, pass_on)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        try:
            yield f"tcp://127.0.0.1:{port}"
        finally:
            tasks.cancel_scope.cancel()


async def _copied(source: ByteStream, sink: ByteStream | SocketStream) -> None:
    """Pass on until one of them ends; what was said to its end is said to be ended."""
    with suppress(anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
        while True:
            await sink.send(await source.receive(PIECE))
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        await sink.send_eof()
