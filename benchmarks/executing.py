"""The way of the predecessor: one `docker exec python -c …` for every cell."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiodocker.containers import DockerContainer

import benchmarks.floor
from actors.workers.containers import Owner, container_config
from actors.workers.engine import asking, engine
from actors.workers.sandbox.pins import PINS
from benchmarks.floor import ECHO, Floor

TABLE = "/tmp/table.csv"
OWNER = Owner(f"benchmark-{os.getpid()}")
"""Marks the containers of this measurement; no other process sweeps them."""
_FLOOR = Path(benchmarks.floor.__file__).read_text("utf-8")
LIFE_SECONDS = 3600
"""The container ends by itself after so long, whatever became of us."""


class Executor:
    """A container of the worker image that does nothing but wait for `exec`."""

    def __init__(self, container: DockerContainer) -> None:
        self._container = container

    async def python(self, code: str) -> str:
        """What a fresh Python prints that runs this code.

        Raises:
            aiodocker.DockerError: the engine refused.
        """
        return await self._run(["python", "-c", code])

    async def put(self, data: bytes) -> None:
        """Write the table's bytes to `TABLE`; through stdin, since the engine may be another machine's."""
        await self._run(["sh", "-c", f"head -c {len(data)} > {TABLE}"], data)

    @asynccontextmanager
    async def floor(self) -> AsyncIterator[Floor]:
        """The process that only echoes and forks, in this container, from the text of its program."""
        command = ["python", "-P", "-c", _FLOOR]
        execution = await self._container.exec(command, stdin=True, environment=PINS)
        async with execution.start(detach=False) as stream:

            async def ask(order: bytes, length: int) -> bytes:
                await stream.write_in(order)
                answer = b""
                while len(answer) < length:
                    message = await stream.read_out()
                    assert message is not None, "the floor in the container ended"
                    answer += message.data
                return answer

            await ask(ECHO, 1)
            yield Floor(ask)

    async def _run(self, command: list[str], data: bytes = b"") -> str:
        execution = await self._container.exec(command, stdin=bool(data), tty=False)
        printed = b""
        async with execution.start(detach=False) as stream:
            if data:
                await stream.write_in(data)
            while (message := await stream.read_out()) is not None:
                printed += message.data
        return printed.decode()


async def process_of(container: str) -> int:
    """The first process of a container, as the machine of its engine counts."""
    async with engine() as client:
        with asking("inspect container"):
            found = await client.containers.get(container)
        return int(found["State"]["Pid"])


@asynccontextmanager
async def executor(image: str, memory_bytes: int = 4 * 1024**3) -> AsyncIterator[Executor]:
    """Such a container under the flags of a worker; the engine removes it when it is killed at the end.

    Raises:
        EngineProblem: the engine refused.
    """
    config = container_config(image, OWNER, memory_bytes, os.cpu_count() or 1)
    config |= {"Entrypoint": ["sleep", str(LIFE_SECONDS)], "Cmd": [], "OpenStdin": False}
    config["HostConfig"] |= {"AutoRemove": True}
    async with engine() as client:
        with asking("create container"):
            container = await client.containers.create(config)
        with asking("start container"):
            await container.start()
        try:
            yield Executor(container)
        finally:
            with asking("kill container"):
                await container.kill()
