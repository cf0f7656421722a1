"""`python -m benchmarks.slow_server SECONDS`: a model's server that takes its time for each answer."""

import asyncio
import sys

from aiohttp import web

MODEL = "slow"


class Server:
    """Answers each request with one more look at the table, after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._in_flight = 0
        self._most = 0

    async def chat(self, request: web.Request) -> web.Response:
        """One answer."""
        body = await request.json()
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)
        await asyncio.sleep(self._seconds)
        self._in_flight -= 1
        turn = len(body["messages"])
        said = f"I look.\n```python\nlook = df.describe(include='all').iloc[:, :{turn}]\nprint(look)\n```"
        choice = {"message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 500, "completion_tokens": 30}
        return web.json_response({"choices": [choice], "usage": usage})

    async def known(self, _: web.Request) -> web.Response:
        """The one model, and how many requests were under way at most."""
        return web.json_response({"object": "list", "data": [{"id": MODEL}], "most_in_flight": self._most})


async def main() -> None:
    """Serve until ended; the address is printed."""
    server = Server(float(sys.argv[1]))
    app = web.Application(client_max_size=16 * 1024**2)
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_get("/v1/models", server.known)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
