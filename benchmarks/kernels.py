"""The way of a notebook: one Jupyter kernel a session, which imports and reads before its first cell."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

IMPORTS = """\
import numpy as np, pandas as pd, scipy.stats, statsmodels.api, statsmodels.formula.api
import sklearn.cluster, sklearn.decomposition, sklearn.ensemble, sklearn.linear_model
import sklearn.metrics, sklearn.model_selection, sklearn.preprocessing
df = pd.read_csv({table!r})
"""
"""What one of our sessions finds done."""
ANSWER_SECONDS = 60.0
_QUIET = ("--HistoryManager.enabled=False", "--log-level=ERROR")


class KernelFailed(Exception):
    """A cell of a kernel raised."""


class Kernel:
    """A kernel that has imported what our sessions have, and read the table."""

    def __init__(self, client: AsyncKernelClient, process: int) -> None:
        self.process = process
        self._client = client

    async def run(self, code: str) -> str | None:
        """What a cell shows.

        Raises:
            KernelFailed: it raised.
        """
        message, shown = self._client.execute(code, store_history=False), None
        while True:
            heard: dict[str, Any] = await self._client.get_iopub_msg(timeout=ANSWER_SECONDS)
            if heard["parent_header"].get("msg_id") != message:
                continue
            kind, content = heard["msg_type"], heard["content"]
            if kind == "error":
                raise KernelFailed("\n".join(content["traceback"]))
            if kind == "execute_result":
                shown = str(content["data"]["text/plain"])
            if kind == "status" and content["execution_state"] == "idle":
                return shown


@asynccontextmanager
async def kernel(table: Path) -> AsyncIterator[Kernel]:
    """A kernel over sockets in the file system, the quickest that it offers; killed at the end."""
    with TemporaryDirectory(prefix="tracegate-kernel-") as folder:
        async with _started(Path(folder)) as started:
            await started.run(IMPORTS.format(table=str(table)))
            yield started


@asynccontextmanager
async def _started(folder: Path) -> AsyncIterator[Kernel]:
    connection = str(folder / "kernel.json")
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=connection)
    await manager.start_kernel(extra_arguments=list(_QUIET))
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=ANSWER_SECONDS)
        yield Kernel(client, int(getattr(manager.provisioner, "pid", 0)))
    finally:
        client.stop_channels()
        with anyio.CancelScope(shield=True):
            await manager.shutdown_kernel(now=True)


async def kernel_start(table: Path, code: str) -> tuple[float, str | None]:
    """Seconds from nothing to the answer of a first cell, and that answer; its end is not counted."""
    began = time.perf_counter()
    async with kernel(table) as started:
        shown = await started.run(code)
        return time.perf_counter() - began, shown
