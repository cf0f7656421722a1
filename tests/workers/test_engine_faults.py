"""What the host does when the engine fails, and what it never asks for twice."""

import anyio
import anyio.lowlevel
import pytest

from actors.ports import InfrastructureError
from actors.workers import docker, engine as engine_module
from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend, swept
from actors.workers.engine import EngineProblem, engine, told
from actors.workers.link import StopFailed, WorkerGone
from actors.workers.pool import running_pool
from actors.workers.restarts import Restarts
from events.worker import WorkerLost
from tests.workers.failing_engines import FakeEngine
from tests.workers.fakes import Announced

BACKEND = DockerBackend("image", Owner("home"))


async def start() -> None:
    async with BACKEND.start():
        pass


async def test_a_question_is_asked_once_more_when_the_engine_fails(fake: FakeEngine) -> None:
    fake.answers["GET info"] = [500]
    assert await BACKEND.machine() == (2, 8 * 1024**3)
    assert fake.asked == ["GET info", "GET info"]


async def test_a_question_that_fails_twice_is_the_workers_end_and_says_why(fake: FakeEngine) -> None:
    fake.answers["GET info"] = [500, 503, 500]
    with pytest.raises(WorkerGone, match=r"tell its size.*made up 503"):
        await start()
    assert fake.asked == ["GET info", "GET info"]


async def test_a_container_is_never_asked_for_twice_and_one_that_may_be_there_is_removed(
    fake: FakeEngine,
) -> None:
    fake.answers["POST create"] = [500]
    with pytest.raises(WorkerGone, match=r"create container.*made up 500"):
        await start()
    assert fake.asked == ["GET info", "POST create", "DELETE container"]


async def test_a_missing_image_is_the_workers_end_and_is_not_asked_for_twice(fake: FakeEngine) -> None:
    fake.answers["POST create"] = [404]
    with pytest.raises(WorkerGone, match=r"create container.*made up 404"):
        await start()
    assert fake.asked.count("POST create") == 1


async def test_an_engine_that_does_not_answer_is_given_up_and_asked_to_remove_what_it_made(
    fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "asking", lambda what: engine_module.asking(what, 0.1))
    fake.answers["POST create"] = [0]
    with pytest.raises(WorkerGone, match="did not answer 'create container' within"):
        await start()
    assert fake.asked == ["GET info", "POST create", "DELETE container"]


async def test_one_that_is_cancelled_while_it_waits_for_its_container_leaves_none(fake: FakeEngine) -> None:
    fake.answers["POST create"] = [0]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(start)
        while "POST create" not in fake.asked:
            await anyio.lowlevel.checkpoint()  # the engine answers in this process
        tasks.cancel_scope.cancel()
    assert fake.asked[-1] == "DELETE container"


@pytest.mark.parametrize("status", [404, 409])
async def test_a_container_that_is_gone_or_going_is_removed(fake: FakeEngine, status: int) -> None:
    fake.answers["DELETE container"] = [status]
    async with engine() as client:
        await docker._remove(client.containers.container("c1"))
    assert fake.asked == ["DELETE container"]


async def test_a_removal_is_asked_for_twice_and_then_told_with_id_and_error(fake: FakeEngine) -> None:
    fake.answers["DELETE container"] = [500, 500]
    async with engine() as client:
        with pytest.raises(StopFailed, match=r"worker c1 could not be stopped.*made up 500"):
            await docker._remove(client.containers.container("c1"))
    assert fake.asked == ["DELETE container"] * 2


async def test_what_is_refused_is_not_asked_again(fake: FakeEngine) -> None:
    fake.answers["GET json"] = [403]
    with pytest.raises(EngineProblem, match=r"list containers.*made up 403"):
        await swept(Owner("home"))
    assert fake.asked == ["GET json"]


async def test_a_question_has_its_deadline_each_time(fake: FakeEngine) -> None:
    fake.answers["GET info"] = [0]
    async with engine() as client:
        with pytest.raises(EngineProblem, match=r"did not answer 'tell' within 0\.1 s"):
            await told("tell", client.system.info, 0.1)
    assert fake.asked == ["GET info"]


async def test_a_pool_over_an_engine_that_fails_is_infrastructure_and_tells_each_loss(
    fake: FakeEngine,
) -> None:
    fake.answers["POST create"] = [500] * 10
    announced = Announced()
    with pytest.raises(InfrastructureError, match=r"lost too often.*made up 500"):
        async with running_pool(BACKEND, announced, restarts=lambda: Restarts(first=0.001, limit=2)):
            pass
    assert [type(event) for event in announced] == [WorkerLost] * 3
