"""One request to an OpenAI-compatible server: whatever comes back is a value, an answer or a failure."""

import math
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import anyio
import httpx2
import msgspec
import openai

from actors.teaching.orders import UnfitServerError
from actors.teaching.outcome import Answered, Failed, Fault
from actors.teaching.protocol import set_apart
from events.calls import Reply, ToolCall

MOST_BYTES = 4 * 1024**2
"""Bytes of an answer that are read; one that is longer is no answer."""
_NO_KEY = "none"
"""What is sent where a server needs no key."""
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_TOLD = 300
_CONTEXT = re.compile(r"context[\W_]{0,3}(length|window|size)|maximum context|too many tokens", re.IGNORECASE)
_RETRIED = frozenset({408, 409, 425, 429})
_FREE = frozenset({429, 503})


class _Function(msgspec.Struct):
    name: str
    arguments: str | dict[str, Any] = ""


class _Call(msgspec.Struct):
    function: _Function
    id: str = ""


class _Said(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    message: _Said
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


class Endpoint:
    """A server that is spoken to through the `openai` client.

    Args:
        client: the client, whose own retries are off.
        deadline: seconds that one answer may take.
    """

    def __init__(self, client: openai.AsyncOpenAI, deadline: float) -> None:
        self._client = client
        self._deadline = deadline
        self._door = anyio.Lock()

    async def models(self) -> list[str]:
        """The models that the server knows.

        Raises:
            UnfitServerError: the key is wrong, nobody answers, or who answers speaks another protocol.
        """
        where = f"{self._client.base_url}models"
        try:
            with anyio.fail_after(self._deadline):
                page = await self._client.models.list()
            return [str(model.id) for model in page.data]
        except (openai.AuthenticationError, openai.PermissionDeniedError) as problem:
            told = f"the server refuses the key ({problem.status_code}); set OPENAI_API_KEY or api_key"
            raise UnfitServerError(told) from problem
        except openai.APIStatusError as problem:
            told = f"{where} answers {problem.status_code}; base_url must lead to an OpenAI-compatible server"
            raise UnfitServerError(f"{told}, often ending in /v1") from problem
        except (openai.APIConnectionError, TimeoutError) as problem:
            raise UnfitServerError(
                f"nobody answers at {where}; start the server, or mend base_url"
            ) from problem
        except (openai.OpenAIError, AttributeError, TypeError, ValueError) as problem:
            told = f"{where} gives no list of models, so this is no OpenAI-compatible server; check base_url"
            raise UnfitServerError(told) from problem

    async def send(self, body: Mapping[str, Any]) -> Answered | Failed:
        """Send one request, once."""
        async with self._door:  # of many that are due at once each begins in a turn of the loop of its own
            await anyio.lowlevel.checkpoint()
        try:
            with anyio.fail_after(self._deadline):
                return _read(await self._body(body))
        except (TimeoutError, openai.APITimeoutError):
            return Failed("server", f"no answer within {self._deadline:g} s", free=False)
        except openai.APIStatusError as problem:
            return _refusal(problem)
        except (openai.APIConnectionError, httpx2.HTTPError, httpx2.StreamError) as problem:
            cause = problem.__cause__ or problem
            free = isinstance(cause, _NEVER_SENT)
            return Failed("server", f"{type(cause).__name__}: {cause}"[:_TOLD], free=free)

    async def _body(self, body: Mapping[str, Any]) -> bytes:
        data = bytearray()
        create = self._client.chat.completions.with_streaming_response.create
        # The whole request goes beside what the client would turn over field by field, which costs 3 ms.
        async with create(model=body["model"], messages=(), extra_body=dict(body)) as response:
            async for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MOST_BYTES:
                    break
        return bytes(data)


@asynccontextmanager
async def opened_endpoint(base_url: str, key: str, deadline: float) -> AsyncIterator[Endpoint]:
    """A server to talk to; its connections are closed in the end."""
    async with openai.AsyncOpenAI(
        api_key=key or _NO_KEY, base_url=base_url, max_retries=0, timeout=deadline
    ) as client:
        yield Endpoint(client, deadline)


def _read(data: bytes) -> Answered | Failed:
    """The answer in a body, or why there is none in it."""
    if len(data) > MOST_BYTES:
        return Failed("server", f"an answer of more than {MOST_BYTES} bytes", free=False)
    try:
        usage = msgspec.json.decode(data).get("usage")
        found = msgspec.json.decode(data, type=_Completion)
    except (msgspec.MsgspecError, AttributeError, UnicodeError, RecursionError) as problem:
        return Failed("server", f"no answer as the protocol has it: {problem}"[:_TOLD], free=False)
    if not found.choices:
        return Failed("server", "an answer without choices", free=False, usage=usage)
    return Answered(_reply(found.choices[0]), usage)


def _reply(choice: _Choice) -> Reply:
    said = choice.message
    thought = said.reasoning_content or said.reasoning or ""
    text, reasoning = set_apart(said.content or "", thought)
    calls = tuple(
        ToolCall(one.id or f"call_{at}", one.function.name, _text(one.function.arguments))
        for at, one in enumerate(said.tool_calls or ())
    )
    return Reply(text, reasoning, calls, choice.finish_reason or "")


def _text(arguments: str | dict[str, Any]) -> str:
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()


def _refusal(problem: openai.APIStatusError) -> Failed:
    """What an error of the server means: wait, try again, the conversation is too long, or it is no use."""
    status, told = problem.status_code, f"{problem.status_code}: {problem.message}"[:_TOLD]
    free = status in _FREE or 400 <= status < 500
    if status < 500 and status not in _RETRIED:
        fault: Fault = "context" if _CONTEXT.search(str(problem.body or problem.message)) else "request"
        return Failed(fault, told, free=True)
    if status == 429 and "insufficient_quota" in str(problem.body):
        return Failed("request", told, free=True)
    crowded = status in (429, 503)
    return Failed(
        "crowded" if crowded else "server", told, free=free, retry_after=_asked(problem.response.headers)
    )


def _asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to be left alone, as a number or as a date; None where it says nothing."""
    told = headers.get("retry-after", "")
    try:
        seconds = float(told)
    except ValueError:
        try:
            then = parsedate_to_datetime(told).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        seconds = then - _clock_of(headers)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _clock_of(headers: Mapping[str, str]) -> float:
    """The server's own time, by which its dates are meant; ours where it does not tell."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return time.time()
