"""A model's server over real HTTP, which plays what it is given, and keeps its own account of what that cost."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from events.identity import digest_of

MODEL = "test-model"
PRICES = {"price_prompt": 2.0, "price_completion": 8.0}
"""By a million tokens: 2 and 8 millionths a token."""
Body = dict[str, Any]
Brain = Callable[[Body], Mapping[str, Any]]
"""From a request to the message that answers it."""
Fault = Callable[["ModelServer", web.Request, Body], Awaitable[web.StreamResponse]]
"""What is done in the place of an answer."""


def digest(body: Body) -> str:
    """What this server knows a request by."""
    return digest_of(json.dumps(body, sort_keys=True).encode())


def tokens(text: str) -> int:
    """What this server takes for a token: four bytes."""
    return -(-len(text.encode()) // 4)


@dataclass
class ModelServer:
    """What was asked and answered, and what it cost by this server's own count."""

    brain: Brain
    faults: Callable[[int], Fault | None] = lambda _: None
    """By the number of the request, from 0."""
    key: str = ""
    models: tuple[str, ...] = (MODEL,)
    base_url: str = ""
    asked: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    """How often each request was answered, by its digest."""
    bodies: list[Body] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    cost: int = 0
    """In trillionths."""

    async def chat(self, request: web.Request) -> web.StreamResponse:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid api key")
        body = await request.json()
        number, self.asked = self.asked, self.asked + 1
        self.bodies.append(body)
        fault = self.faults(number)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            return await (fault(self, request, body) if fault else self.answer(body))
        finally:
            self.under_way -= 1

    async def answer(self, body: Body, **usage: Any) -> web.Response:
        self.answered[digest(body)] += 1
        return web.json_response(self.completion(body, **usage))

    def completion(self, body: Body, **usage: Any) -> dict[str, Any]:
        message = {"role": "assistant", **self.brain(body)}
        figures = self.charge(body, message)
        choice = {"index": 0, "message": message, "finish_reason": message.pop("finish", "stop")}
        return {
            "id": "c",
            "object": "chat.completion",
            "model": MODEL,
            "choices": [choice],
            "usage": figures | usage,
        }

    def charge(self, body: Body, message: Mapping[str, Any]) -> dict[str, int]:
        prompt, completion = tokens(json.dumps(body["messages"])), tokens(json.dumps(message))
        self.cost += prompt * 2_000_000 + completion * 8_000_000
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    async def known(self, request: web.Request) -> web.Response:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid api key")
        return web.json_response(
            {"object": "list", "data": [{"id": one, "object": "model"} for one in self.models]}
        )


def refusal(status: int, message: str, **headers: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=status, headers=headers)


@asynccontextmanager
async def serving(server: ModelServer) -> AsyncIterator[ModelServer]:
    """The server on a port of its own."""
    app = web.Application(client_max_size=16 * 1024**2)
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_get("/v1/models", server.known)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        (address,) = runner.addresses
        server.base_url = f"http://127.0.0.1:{address[1]}/v1"
        yield server
    finally:
        await runner.cleanup()
