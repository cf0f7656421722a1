"""A real HTTP server and what its answers are taken for, whatever it does."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anyio
import msgspec
import pytest
from aiohttp import web

from actors.teaching.endpoint import MOST_BYTES, Endpoint, opened_endpoint
from actors.teaching.line import ServerFailed
from actors.teaching.orders import UnfitServerError
from actors.teaching.outcome import Answered, Failed
from actors.teaching.purse import Caps
from tests.teaching.faults import FAILURES, REFUSALS, WRONG_FIGURES, Storm, stalled
from tests.teaching.lines import Clock, Kept, asked
from tests.teaching.servers import MODEL, Body, Fault, ModelServer, refusal, serving


def echo(body: Body) -> Mapping[str, Any]:
    return {"content": f"said: {body['messages'][-1]['content']}"}


async def sent(fault: Fault | None, deadline: float = 20.0) -> Answered | Failed:
    async with (
        serving(ModelServer(echo, lambda _: fault)) as server,
        opened_endpoint(server.base_url, "", deadline) as endpoint,
    ):
        return await endpoint.send(asked().body)


def body_of(data: bytes) -> Fault:
    async def answer(*_: Any) -> web.StreamResponse:
        return web.Response(body=data, content_type="application/json")

    return answer


def message(**fields: Any) -> Fault:
    return body_of(json.dumps({"choices": [{"message": fields, "finish_reason": "stop"}]}).encode())


def refusing(status: int, told: str, **headers: str) -> Fault:
    async def answer(*_: Any) -> web.StreamResponse:
        return refusal(status, told, **headers)

    return answer


async def test_an_answer_is_read_with_its_usage() -> None:
    got = await sent(None)
    assert isinstance(got, Answered)
    assert (got.reply.text, got.reply.finish) == ("said: hello", "stop")
    assert got.usage["completion_tokens"] > 0


@pytest.mark.parametrize("name", FAILURES)
async def test_what_cannot_be_used_is_a_failure_that_may_have_cost(name: str) -> None:
    got = await sent(FAILURES[name])
    assert isinstance(got, Failed)
    assert (got.fault, got.free) == ("server", False)


@pytest.mark.parametrize("name", REFUSALS)
async def test_too_much_to_do_is_told_from_failure_and_is_free(name: str) -> None:
    got = await sent(REFUSALS[name])
    assert isinstance(got, Failed)
    assert (got.fault, got.free) == ("crowded", True)


@pytest.mark.parametrize("name", WRONG_FIGURES)
async def test_wrong_figures_do_not_spoil_an_answer(name: str) -> None:
    got = await sent(WRONG_FIGURES[name])
    assert isinstance(got, Answered)
    assert got.reply.text == "said: hello"


async def test_a_stall_ends_with_the_deadline() -> None:
    got = await sent(stalled, deadline=0.2)
    assert isinstance(got, Failed)
    assert (got.fault, got.free) == ("server", False)
    assert "no answer within 0.2 s" in got.detail


async def test_nobody_there_costs_nothing() -> None:
    async with opened_endpoint("http://127.0.0.1:9/v1", "", 5.0) as endpoint:
        got = await endpoint.send(asked().body)
    assert isinstance(got, Failed)
    assert (got.fault, got.free) == ("server", True)


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    got = await sent(body_of(b'{"choices": "' + b"x" * (MOST_BYTES + 1) + b'"}'))
    assert isinstance(got, Failed)
    assert "more than" in got.detail


@pytest.mark.parametrize(
    ("status", "told", "fault"),
    [
        (401, "wrong key", "request"),
        (404, "no such model", "request"),
        (400, "temperature is too high", "request"),
        (400, "This model's maximum context length is 4096 tokens", "context"),
        (400, "the request exceeds the available context size", "context"),
        (413, "prompt is longer than the context window", "context"),
        (408, "timeout", "server"),
        (429, "slow down", "crowded"),
        (502, "bad gateway", "server"),
    ],
)
async def test_a_refusal_says_what_would_help(status: int, told: str, fault: str) -> None:
    got = await sent(refusing(status, told))
    assert isinstance(got, Failed)
    assert (got.fault, told in got.detail) == (fault, True)


async def test_a_time_to_wait_is_read_as_seconds_or_as_a_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    found = []
    for told in ("7", "0.25", then, "soon", "-3", "nan"):
        got = await sent(refusing(429, "busy", **{"Retry-After": told}))
        assert isinstance(got, Failed)
        found.append(got.retry_after)
    seconds, half, date, *rest = found
    assert (seconds, half, rest) == (7.0, 0.25, [None, 0.0, None])
    assert date is not None
    assert 60 < date < 100


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
async def test_reasoning_is_kept_apart_from_what_is_said(name: str) -> None:
    got = await sent(message(content="so", **{name: "hm"}))
    assert isinstance(got, Answered)
    assert (got.reply.text, got.reply.reasoning) == ("so", "hm")


async def test_tool_calls_are_read_as_they_were_written() -> None:
    calls = [
        {"id": "a", "function": {"name": "run_python", "arguments": '{"code": '}},
        {"function": {"name": "run_python", "arguments": {"code": "1"}}},
    ]
    got = await sent(message(content=None, tool_calls=calls))
    assert isinstance(got, Answered)
    assert [(one.id, one.arguments) for one in got.reply.tool_calls] == [
        ("a", '{"code": '),
        ("call_1", '{"code":"1"}'),
    ]


@pytest.mark.parametrize(
    ("server", "told"),
    [
        (ModelServer(echo, key="right"), "refuses the key"),
        (ModelServer(echo, models=("a", "b")), None),
    ],
)
async def test_a_server_tells_its_models_to_who_has_the_key(server: ModelServer, told: str | None) -> None:
    async with serving(server), opened_endpoint(server.base_url, "wrong", 5.0) as endpoint:
        if told is None:
            assert await endpoint.models() == ["a", "b"]
        else:
            with pytest.raises(UnfitServerError, match=told):
                await endpoint.models()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", "must lead to an OpenAI-compatible server"),
        ("/v1/chat", "must lead to an OpenAI-compatible server"),
    ],
)
async def test_a_server_that_speaks_something_else_is_told_from_one_that_is_not_there(
    path: str, told: str
) -> None:
    async with serving(ModelServer(echo)) as server:
        elsewhere = server.base_url.removesuffix("/v1") + path
        async with opened_endpoint(elsewhere, "", 5.0) as endpoint:
            with pytest.raises(UnfitServerError, match=told):
                await endpoint.models()
    async with opened_endpoint("http://127.0.0.1:9/v1", "", 5.0) as endpoint:
        with pytest.raises(UnfitServerError, match="nobody answers"):
            await endpoint.models()


async def test_a_storm_changes_no_answer_and_costs_are_never_below_the_servers() -> None:
    answers: dict[int, str] = {}
    lost: list[int] = []
    server = ModelServer(echo, Storm(7, 0.4))
    kept = Kept(Caps(run=3 * 10**12))

    async def ask(number: int, endpoint: Endpoint) -> None:
        try:
            reply = await kept.line(endpoint, Clock(), tries=12).ask(asked(f"question {number}", f"{number}"))
            answers[number] = reply.text
        except ServerFailed:
            lost.append(number)

    async with (
        serving(server),
        opened_endpoint(server.base_url, "", 20.0) as endpoint,
        anyio.create_task_group() as tasks,
    ):
        for number in range(300):
            tasks.start_soon(ask, number, endpoint)
    assert answers == {number: f"said: question {number}" for number in range(300) if number not in lost}
    assert len(lost) < 10
    total = kept.purse.calls.total
    assert server.cost <= total.cost <= 3 * 10**12
    assert total.sent == server.asked
    assert not kept.purse.calls.open


async def test_every_event_of_a_call_can_be_recorded_whatever_the_server_said() -> None:
    odd = message(content='\ud800 "\u202e', reasoning_content="\0")
    got = await sent(odd)
    if isinstance(got, Answered):
        assert msgspec.json.decode(msgspec.json.encode(got.reply), type=type(got.reply)) == got.reply
    else:
        assert got.fault == "server"


async def test_the_key_is_sent_and_nothing_else_of_the_settings() -> None:
    async with (
        serving(ModelServer(echo, key="right")) as server,
        opened_endpoint(server.base_url, "right", 5.0) as endpoint,
    ):
        assert await endpoint.models() == [MODEL]
        assert isinstance(await endpoint.send(asked().body), Answered)
    (body,) = server.bodies
    assert body == dict(asked().body)
