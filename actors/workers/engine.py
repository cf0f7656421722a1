"""The Docker Engine as this program needs it: reachable or not, and every call with a deadline."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import aiodocker
import aiohttp
import anyio

from actors.workers.containers import LABEL_SOURCES, sources_digest

T = TypeVar("T")

CALL_SECONDS = 30.0
"""What any call to the engine may take; a loaded machine needs two for the slowest."""
PROBE_SECONDS = 5.0
BUILD = "build it with actors/workers/image/build.sh"


RETRY_SECONDS = 0.1
"""So long after a failure that may pass a question is asked again, once."""


class EngineProblem(Exception):
    """The engine refused, or could not be asked.

    Args:
        message: what was asked, and what came of it.
        may_pass: whether the same may succeed now: the engine broke off or failed itself.
    """

    def __init__(self, message: str, *, may_pass: bool = False) -> None:
        super().__init__(message)
        self.may_pass = may_pass


def worker_image() -> str:
    """The image that workers run: TRACEGATE_IMAGE, or the one that is built here."""
    return os.environ.get("TRACEGATE_IMAGE", "tracegate-worker:latest")


@contextmanager
def asking(what: str, seconds: float = CALL_SECONDS) -> Iterator[None]:
    """A deadline for a call to the engine; every way in which it can fail is an `EngineProblem`.

    Args:
        what: the call, for the message.
        seconds: how long it may take.

    Raises:
        EngineProblem: it failed, or took too long.
    """
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        message = f"the Docker Engine did not answer '{what}' within {seconds:g} s"
        raise EngineProblem(message) from error
    except aiodocker.DockerError as error:
        message = f"the Docker Engine failed to '{what}': {error.message}"
        raise EngineProblem(message, may_pass=error.status >= 500) from error
    except (aiohttp.ClientError, OSError) as error:
        message = f"the Docker Engine failed to '{what}': {error}"
        raise EngineProblem(message, may_pass=True) from error


async def told(what: str, ask: Callable[[], Awaitable[T]], seconds: float = CALL_SECONDS) -> T:
    """What the engine answers to a question that may be asked twice, because asking changes nothing more.

    Args:
        what: the call, for the message.
        ask: makes it.
        seconds: how long it may take each time.

    Raises:
        EngineProblem: it failed twice, failed in a way that does not pass, or took too long.
    """
    try:
        with asking(what, seconds):
            return await ask()
    except EngineProblem as problem:
        if not problem.may_pass:
            raise
    await anyio.sleep(RETRY_SECONDS)
    with asking(what, seconds):
        return await ask()


@asynccontextmanager
async def engine() -> AsyncIterator[aiodocker.Docker]:
    """A client of the engine that DOCKER_HOST, the current context or the usual socket names.

    Raises:
        EngineProblem: none is named, or its address cannot be understood.
    """
    try:
        client = aiodocker.Docker()
    except (AssertionError, ValueError, OSError, aiodocker.DockerError) as error:
        # Without any socket the client fails on an assertion of its own.
        message = f"no Docker Engine is to be found: {error or 'no socket, and DOCKER_HOST is not set'}"
        raise EngineProblem(message) from error
    try:
        yield client
    finally:
        with anyio.move_on_after(PROBE_SECONDS, shield=True):
            await client.close()


async def docker_available(image: str) -> str | None:
    """Why container workers cannot be had; None when engine and image answer.

    Args:
        image: tag or id of the worker image.
    """
    try:
        async with engine() as client:
            with asking("give its version", PROBE_SECONDS):
                await client.version()
            return await _image_problem(client, image)
    except EngineProblem as problem:
        return str(problem)


async def _image_problem(client: aiodocker.Docker, image: str) -> str | None:
    """An image of other sources would speak of other frames, or compute other values."""
    try:
        with asking(f"inspect image {image}", PROBE_SECONDS):
            found = await client.images.inspect(image)
    except EngineProblem as problem:
        return f"{problem}; {BUILD}"
    labels = (found.get("Config") or {}).get("Labels") or {}
    if labels.get(LABEL_SOURCES) != sources_digest():
        return f"image {image} was built from other sources than these; {BUILD}"
    return None
