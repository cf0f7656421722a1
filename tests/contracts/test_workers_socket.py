"""Workers whose frames go over a socket that they share with their host: the same promises, and nobody else on it."""

import os

import pytest
import pytest_asyncio

from actors.workers.containers import DOOR, SOCKET, Owner
from actors.workers.docker import DockerBackend
from actors.workers.doorstep import SETTING
from actors.workers.engine import worker_image
from actors.workers.link import Backend
from actors.workers.opening import opened_workers
from tests.contracts.conftest import CSV, READER, Announced, RunCells
from tests.contracts.test_workers_branch import test_a_branch_of_a_branch_goes_on_from_there
from tests.contracts.test_workers_cells import (
    test_a_cell_of_a_hundred_kilobytes_runs_whole,
    test_a_fresh_session_sees_nothing_of_an_earlier_one,
    test_a_session_has_its_channel_an_empty_folder_and_next_to_no_environment,
    test_hooks_and_the_answer_come_back_as_typed_values,
    test_output_is_bounded_and_what_is_beyond_is_counted,
    test_printed_text_forges_nothing,
    test_state_persists_across_the_cells_of_a_session,
)
from tests.contracts.test_workers_limits import (
    test_a_cancelled_cell_frees_its_place,
    test_a_cell_that_ignores_its_interrupt_is_killed,
    test_a_process_that_ends_itself_is_told_by_how_it_ended,
    test_forged_frames_harm_only_the_session_that_wrote_them,
    test_siblings_answer_while_sessions_misbehave,
)
from tests.contracts.test_workers_loss import (
    test_a_lost_worker_is_told_and_its_replacement_serves,
    test_a_table_longer_than_a_frame_arrives_whole,
)

__all__ = [
    "test_a_branch_of_a_branch_goes_on_from_there",
    "test_a_cancelled_cell_frees_its_place",
    "test_a_cell_of_a_hundred_kilobytes_runs_whole",
    "test_a_cell_that_ignores_its_interrupt_is_killed",
    "test_a_fresh_session_sees_nothing_of_an_earlier_one",
    "test_a_lost_worker_is_told_and_its_replacement_serves",
    "test_a_process_that_ends_itself_is_told_by_how_it_ended",
    "test_a_session_has_its_channel_an_empty_folder_and_next_to_no_environment",
    "test_a_table_longer_than_a_frame_arrives_whole",
    "test_forged_frames_harm_only_the_session_that_wrote_them",
    "test_hooks_and_the_answer_come_back_as_typed_values",
    "test_output_is_bounded_and_what_is_beyond_is_counted",
    "test_printed_text_forges_nothing",
    "test_siblings_answer_while_sessions_misbehave",
    "test_state_persists_across_the_cells_of_a_session",
]
"""What is promised over any channel, asked again over this one."""

pytestmark = [pytest.mark.docker, pytest.mark.full, pytest.mark.asyncio(loop_scope="module")]

REACH = f"""
import os, socket
found = []
for attempt in (
    lambda: os.listdir({DOOR!r}),
    lambda: open({f"{DOOR}/{SOCKET}"!r}),
    lambda: socket.socket(socket.AF_UNIX),
):
    try:
        attempt()
    except OSError as error:
        found.append(type(error).__name__)
found, os.path.exists({f"{DOOR}/{SOCKET}"!r})
"""


@pytest.fixture(scope="module", params=["docker"])
def backend_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def backend(backend: Backend) -> Backend:
    assert backend.name == "docker"
    owner = Owner(f"socket-{os.getpid()}")
    return DockerBackend(worker_image(), owner, memory_bytes=3 * 1024**3, shares_socket=True)


async def test_no_session_sees_the_folder_or_finds_the_socket(cells: RunCells) -> None:
    (result,) = await cells(REACH)
    refused, is_there = ["PermissionError", "FileNotFoundError", "PermissionError"], False
    assert result.display == str((refused, is_there))


async def test_it_is_taken_by_a_setting_and_said(
    backend: Backend, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "1")
    async with opened_workers("docker", Owner(f"setting-{os.getpid()}"), Announced()) as (workers, told):
        assert told == "docker (level container); over a socket"
        await workers.offer(table, CSV, READER)
        async with workers.session(table, "program") as session:
            assert (await session.run("len(df)")).display == "30"
