"""What a server does wrong, over real HTTP; each tells whether its maker would charge for it."""

import asyncio
import json
from collections.abc import Mapping
from random import Random
from typing import Any

from aiohttp import web

from tests.teaching.servers import Body, Fault, ModelServer, refusal


async def crowded(server: ModelServer, _: web.Request, __: Body) -> web.StreamResponse:
    return refusal(429, "too many requests")


async def crowded_for_a_while(server: ModelServer, _: web.Request, __: Body) -> web.StreamResponse:
    return refusal(429, "too many requests", **{"Retry-After": "0.05"})


async def unavailable(server: ModelServer, _: web.Request, __: Body) -> web.StreamResponse:
    return refusal(503, "loading the model")


async def broken(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    server.completion(body)
    return refusal(500, "something went wrong after all that work")


async def stalled(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    server.completion(body)
    await asyncio.Event().wait()
    raise AssertionError("nobody wakes it")


async def half(server: ModelServer, request: web.Request, body: Body) -> web.StreamResponse:
    whole = json.dumps(server.completion(body)).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    hang_up(request)
    return response


async def gone(server: ModelServer, request: web.Request, _: Body) -> web.StreamResponse:
    hang_up(request)
    return web.Response()


async def garbage(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    server.completion(body)
    return web.Response(body=b"\x00\xff<html>{", content_type="application/json")


async def page(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    return web.Response(text="<html>Welcome to the proxy</html>", content_type="text/html")


async def no_choices(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    return web.json_response(server.completion(body) | {"choices": []})


async def misshapen_call(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    whole = server.completion(body)
    whole["choices"][0]["message"]["tool_calls"] = [{"function": 7}]
    return web.json_response(whole)


def says(**usage: Any) -> Fault:
    """The right answer under wrong usage figures."""

    async def answer(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
        return await server.answer(body, **usage)

    return answer


async def says_nothing(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    return web.json_response(server.completion(body) | {"usage": None})


async def says_a_tenth(server: ModelServer, _: web.Request, body: Body) -> web.StreamResponse:
    whole = server.completion(body)
    usage: Mapping[str, int] = whole["usage"]
    return web.json_response(whole | {"usage": {name: count // 10 for name, count in usage.items()}})


WRONG_FIGURES: dict[str, Fault] = {
    "says nothing": says_nothing,
    "says a tenth": says_a_tenth,
    "says less than nothing": says(prompt_tokens=-5, completion_tokens=-7),
    "says nothing was used": says(prompt_tokens=0, completion_tokens=0),
    "says too much": says(prompt_tokens=10**12),
    "says it in words": says(prompt_tokens="many", completion_tokens="some"),
}
REFUSALS: dict[str, Fault] = {
    "crowded": crowded,
    "crowded for a while": crowded_for_a_while,
    "unavailable": unavailable,
}
FAILURES: dict[str, Fault] = {
    "broken": broken,
    "half": half,
    "gone": gone,
    "garbage": garbage,
    "a page": page,
    "no choices": no_choices,
    "a misshapen call": misshapen_call,
}
"""What comes to nothing, at once."""


class Storm:
    """Faults of every kind, at random but always the same; a while in which everything is refused, and a death."""

    def __init__(self, seed: int, share: float, *, stalls: bool = False) -> None:
        faults = WRONG_FIGURES | REFUSALS | FAILURES | ({"stalled": stalled} if stalls else {})
        self.faults = list(faults.values())
        self.share = share
        self.random = Random(seed)

    def __call__(self, number: int) -> Fault | None:
        if 40 <= number % 400 < 52:
            return crowded
        if 90 <= number % 400 < 97:
            return gone
        return self.random.choice(self.faults) if self.random.random() < self.share else None


def hang_up(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()
