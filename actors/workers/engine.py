"""The Docker Engine as this program needs it: reachable or not, and every call with a deadline."""

import errno
import os
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import aiodocker
import aiohttp
import anyio
import msgspec
from msgspec.structs import replace

from actors.workers.address import CERTIFY, NAME, misnamed, shown, uncertified, without_secret
from actors.workers.answered import Image, Version, shaped
from actors.workers.containers import BUILD, LABEL_SOURCES, sources_digest
from events.struct import Fact

T = TypeVar("T")

CALL_SECONDS = 30.0
"""What any call to the engine may take; a loaded machine needs two for the slowest."""
PROBE_SECONDS = 5.0
LEAST_API = "1.40"
"""That of Docker 19.03, the first that knows all that a container is denied here."""
NONE = "no Docker Engine is to be found"
START = "start a Docker Engine that this user may speak to, or name one in DOCKER_HOST"
"""What to do where none answers."""
JOIN = (
    "let this user into the group that owns the socket (often docker, whose members are as good as root), "
    "or name a rootless engine of his own in DOCKER_HOST"
)
"""What to do where the system denies the socket."""

_STRANGE = (
    msgspec.ValidationError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What this program and its client, which looks at no answer before it uses it, make of one that is none."""
RETRY_SECONDS = 0.1
"""So long after a failure that may pass a question is asked again, once."""


class EngineProblem(Exception):
    """The engine refused, or could not be asked.

    Args:
        message: what was asked, and what came of it.
        may_pass: whether the same may succeed now: the engine broke off or failed itself.
        remedy: what would help.
    """

    def __init__(self, message: str, *, may_pass: bool = False, remedy: str = START) -> None:
        message = without_secret(message)
        super().__init__(message if remedy == START else f"{message}; {remedy}")
        self.may_pass = may_pass
        self.remedy = remedy


class NoEngine(EngineProblem):
    """Something else answers where an engine is looked for."""


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
        raise EngineProblem(message, may_pass=error.status >= 500, remedy=_remedy(error)) from error
    except (aiohttp.ClientError, OSError) as error:
        message = f"the Docker Engine failed to '{what}': {error}"
        raise EngineProblem(message, may_pass=True, remedy=_remedy(error)) from error
    except _STRANGE as error:
        message = f"what answers {_place()} is no Docker Engine, as its answer to '{what}' shows ({error!r})"
        raise NoEngine(message, remedy=NAME) from error


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


def _place() -> str:
    address = shown()
    return f"at DOCKER_HOST={address}" if address else "at the usual place (DOCKER_HOST is not set)"


def _remedy(error: BaseException | None) -> str:
    """What to do where, behind whatever a client makes of it, the system denied the socket or TLS failed."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return CERTIFY
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            return JOIN
        error = error.__cause__ or error.__context__
    return START


@asynccontextmanager
async def engine() -> AsyncIterator[aiodocker.Docker]:
    """A client of the engine that DOCKER_HOST, the current context or the usual socket names.

    Raises:
        EngineProblem: none is named, or its address or certificates cannot be understood.
    """
    if (wrong := misnamed()) is not None:
        why, remedy = wrong
        raise EngineProblem(f"{NONE}: {why}", remedy=remedy)
    try:
        client = aiodocker.Docker()
    except (AssertionError, AttributeError, ValueError, OSError, aiodocker.DockerError) as error:
        if why := uncertified(error):
            raise EngineProblem(f"{NONE}: {why}", remedy=CERTIFY) from error
        # Without any socket the client fails on an assertion of its own, at a named pipe for want of Windows.
        why = str(error) or "no socket, and DOCKER_HOST is not set"
        raise EngineProblem(f"{NONE}: {why}", remedy=NAME) from error
    try:
        yield client
    finally:
        with anyio.move_on_after(PROBE_SECONDS, shield=True):
            await client.close()


class EngineFact(Fact, frozen=True):
    """The engine and the image that are here, as far as they answer."""

    address: str
    """Where it is looked for, without any password; empty for the current context or the usual socket."""
    version: str
    """Its own version; empty where it does not answer."""
    api: str
    """The newest API that it speaks."""
    image: str
    """The image that workers would run."""
    digest: str
    """The image's id, a digest of all that is in it; empty where there is none."""
    problem: str | None
    """Why container workers cannot be had; None when they can."""
    remedy: str
    """What would help; empty where nothing is missing."""


async def docker_available(image: str) -> str | None:
    """Why container workers cannot be had; None when engine and image answer.

    Args:
        image: tag or id of the worker image.
    """
    return (await engine_of(image)).problem


async def engine_of(image: str) -> EngineFact:
    """What engine and image are here.

    Args:
        image: tag or id of the worker image.
    """
    found = EngineFact(shown(), "", "", image, "", None, "")
    try:
        async with engine() as client:
            with asking("give its version", PROBE_SECONDS):
                told = shaped(await client.version(), Version)
            found = replace(found, version=told.version, api=told.api_version)
            if _number(found.api) < _number(LEAST_API):
                old = f"the Docker Engine speaks API {found.api}, and {LEAST_API} or newer is needed"
                return replace(found, problem=f"{old}; update it", remedy="a newer Docker Engine")
            return await _with_image(client, found)
    except EngineProblem as problem:
        return replace(found, problem=str(problem), remedy=problem.remedy)


async def _with_image(client: aiodocker.Docker, found: EngineFact) -> EngineFact:
    """An image of other sources would speak of other frames, or compute other values."""
    try:
        with asking(f"inspect image {found.image}", PROBE_SECONDS):
            seen = shaped(await client.images.inspect(found.image), Image)
    except NoEngine:
        raise
    except EngineProblem as problem:
        return replace(found, problem=f"{problem}; {BUILD}", remedy=BUILD)
    found = replace(found, digest=seen.id)
    labels = (seen.config and seen.config.labels) or {}
    if labels.get(LABEL_SOURCES) != sources_digest():
        other = f"image {found.image} was built from other sources than these; {BUILD}"
        return replace(found, problem=other, remedy=BUILD)
    return found


def _number(version: str) -> tuple[int, ...]:
    """A version to compare; what is none is older than every other."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
