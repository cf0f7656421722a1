"""What was recorded is run again: nothing differs, or the first difference lies at the right statement."""

import os
import subprocess
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from msgspec.structs import replace

from actors.workers.containers import Owner
from actors.workers.docker import DockerBackend
from actors.workers.engine import worker_image
from events.identity import canonical_json, digest_of
from events.trace import CellResult, HookRaised
from events.values import value_of
from tests.birds import birds
from tests.cli.containers import demand_engine
from tests.contracts.conftest import in_a_task
from tests.tracing.desk import CELLS, MEAN, Desk, Elsewhere, altered, opened_desk
from tests.trying import accepted, bench

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    async with in_a_task(opened_desk()) as opened:
        yield opened


def with_value(result: CellResult, value: float) -> CellResult:
    hook: HookRaised = replace(result.hooks[0], value=value_of(value))
    return replace(result, hooks=(hook, *result.hooks[1:]))


async def test_what_was_recorded_comes_again(desk: Desk) -> None:
    assert await desk.again(await desk.solved(*CELLS)) is None


async def test_a_trace_that_raised_and_went_on_comes_again(desk: Desk) -> None:
    assert await desk.again(await desk.solved("x = 1\ny = x / 0\nz = 2", "df['none']", *CELLS)) is None


async def test_where_an_object_lies_in_memory_is_no_difference(desk: Desk) -> None:
    assert await desk.again(await desk.solved("o = object()\nprint(o)\no", *CELLS)) is None


async def test_a_hook_altered_in_the_log_is_found_at_the_statement_that_it_vouches_for(desk: Desk) -> None:
    forged = altered(await desk.solved(*CELLS), 1, lambda result: with_value(result, 40.5))
    found = await desk.again(forged)
    assert found is not None
    assert (found.cell, found.statement, found.what, found.settled) == (1, MEAN, "hook", True)
    assert "40.5" in found.recorded
    assert "40.5" not in found.again


@pytest.mark.parametrize(
    ("cell", "change", "statement", "what"),
    [
        (
            1,
            lambda one: replace(one, stdout=one.stdout.replace("mean", "median")),
            "print('mean', round(m, 3))",
            "stdout",
        ),
        (
            1,
            lambda one: replace(one, stdout=one.stdout.replace("rows", "lines")),
            "print('rows', n)",
            "stdout",
        ),
        (0, lambda one: replace(one, display="(1, 1)"), "df.shape", "display"),
        (
            2,
            lambda one: replace(one, statements=one.statements[:-1]),
            "hook(t, 't = twice(m)', name='t')",
            "ran",
        ),
        (
            3,
            lambda one: replace(
                one,
                submission=replace(
                    one.submission, answer={"m": 1.0}, digest=digest_of(canonical_json({"m": 1.0}))
                ),
            ),
            "submit({'m': round(m, 2)})",
            "answer",
        ),
    ],
)
async def test_whatever_is_altered_in_the_log_is_found_at_its_statement(
    desk: Desk, cell: int, change: Callable[[CellResult], CellResult], statement: str, what: str
) -> None:
    found = await desk.again(altered(await desk.solved(*CELLS), cell, change))
    assert found is not None
    assert (found.cell, found.statement, found.what) == (cell, statement, what)
    assert found.recorded != found.again


async def test_of_two_alterations_in_a_cell_the_earlier_statement_is_named(desk: Desk) -> None:
    def both(result: CellResult) -> CellResult:
        return replace(with_value(result, 40.5), stdout=result.stdout.replace("rows", "lines"))

    found = await desk.again(altered(await desk.solved(*CELLS), 1, both))
    assert found is not None
    assert (found.statement, found.what) == ("print('rows', n)", "stdout")


@pytest.mark.parametrize(
    "cells",
    [
        (
            "rng = np.random.default_rng()",
            "d = 1\ndraw = rng.normal()",
            "e = draw * 2\nhook(e, 'e = draw * 2', name='e')",
        ),
        ("d = 1\ndraw = np.random.default_rng().normal()\nprint(draw)",),
        (
            "d = 1\ndraw = df.sample(5, random_state=np.random.default_rng())['mass (kg)'].mean()\nhook(draw, 'x = 1', name='x')",
        ),
        ("def f():\n    global draw\n    draw = np.random.default_rng().normal()\nf()\ndraw",),
    ],
)
async def test_a_seed_left_unfixed_is_found_where_it_is_used(desk: Desk, cells: tuple[str, ...]) -> None:
    found = await desk.again(await desk.solved(*cells, *CELLS))
    assert found is not None
    assert found.settled is False
    expected = next(code for code in cells if "draw =" in code)
    lines = [line for line in expected.split("\n") if line.startswith(("draw =", "f()"))]
    assert found.statement in (*lines, "draw")


async def test_a_seed_that_is_fixed_comes_again(desk: Desk) -> None:
    cell = "rng = np.random.default_rng(7)\nd = rng.normal()\nhook(d, 'd = rng.normal()', name='d')"
    assert await desk.again(await desk.solved(cell, *CELLS)) is None


async def test_another_library_is_found_at_the_first_statement_that_it_changes(desk: Desk) -> None:
    ended = await desk.solved("v = df['bill'].std()\nw = 2 * v", *CELLS)
    newer = "pd.Series.mean = (lambda old: lambda self, *a, **k: old(self, *a, **k) * 1.001)(pd.Series.mean)"
    found = await desk.again(ended, Elsewhere(desk.bench.workers, newer))
    assert found is not None
    assert (found.cell, found.statement, found.what, found.settled) == (2, MEAN, "hook", True)


async def test_across_environments_what_is_close_by_contract_is_the_same(desk: Desk) -> None:
    ended = await desk.solved(*CELLS)
    last_bit = "pd.Series.mean = (lambda old: lambda self: np.nextafter(old(self), 99))(pd.Series.mean)"
    there = Elsewhere(desk.bench.workers, last_bit)
    assert await desk.again(ended, there) is None
    there.fingerprint = ended.fingerprint
    found = await desk.again(ended, there)
    assert found is not None
    assert (found.statement, found.what) == (MEAN, "hook")


def printing(middle: str) -> str:
    """A cell that prints so much that what stands in the middle of it is not kept."""
    return f"a = 1\nfor n in range(6000):\n    print(n if n != 3000 else {middle})\nb = 2\nb"


async def test_a_long_output_comes_again(desk: Desk) -> None:
    assert await desk.again(await desk.solved(printing("'half'"), printing("n"), *CELLS)) is None


async def test_what_differs_where_nothing_is_kept_is_found_by_the_digest_of_all(desk: Desk) -> None:
    found = await desk.again(
        await desk.solved(printing("np.random.default_rng().integers(10**9) + 10**9"), *CELLS)
    )
    assert found is not None
    assert (found.cell, found.what, found.settled) == (0, "stdout", False)
    assert found.statement.startswith("for n in range(6000)")
    assert found.recorded.startswith("6,000 lines, ")


async def test_a_digest_altered_in_the_log_is_found_at_the_statement_that_printed(desk: Desk) -> None:
    def other(result: CellResult) -> CellResult:
        assert result.stdout_whole is not None
        return replace(result, stdout_whole=replace(result.stdout_whole, digest="0" * 32))

    found = await desk.again(altered(await desk.solved(printing("n")), 0, other))
    assert found is not None
    assert (found.what, found.settled) == ("stdout", True)
    assert found.statement.startswith("for n in range(6000)")


async def test_addresses_in_a_long_output_are_no_difference(desk: Desk) -> None:
    cell = "for n in range(2000):\n    print(object())"
    assert await desk.again(await desk.solved(cell, *CELLS)) is None


async def test_of_a_long_output_elsewhere_what_was_kept_is_compared_by_contract(desk: Desk) -> None:
    ended = await desk.solved("for n in range(3000):\n    print(np.log(n + 2), pd.Series([n + 1]).mean())")
    last_bit = "pd.Series.mean = (lambda old: lambda self: np.nextafter(old(self), 99999))(pd.Series.mean)"
    assert await desk.again(ended, Elsewhere(desk.bench.workers, last_bit)) is None
    longer = "pd.Series.mean = (lambda old: lambda self: old(self) + 1)(pd.Series.mean)"
    found = await desk.again(ended, Elsewhere(desk.bench.workers, longer))
    assert found is not None
    assert found.what == "stdout"


async def test_of_a_record_that_knows_the_beginning_alone_the_beginning_is_compared(desk: Desk) -> None:
    cell = "for n in range(6000):\n    print(n)"

    def older(result: CellResult) -> CellResult:
        return replace(result, stdout="".join(f"{n}\n" for n in range(5000))[:20_000], stdout_whole=None)

    ended = altered(await desk.solved(cell, *CELLS), 0, older)
    plain = replace(ended, executed=(replace(ended.executed[0], outputs=None), *ended.executed[1:]))
    assert await desk.again(plain) is None
    other = altered(plain, 0, lambda one: replace(one, stdout=one.stdout.replace("99\n", "98\n", 1)))
    found = await desk.again(other)
    assert found is not None
    assert found.what == "stdout"


@pytest.mark.docker
async def test_a_library_changed_in_the_image_is_found_at_the_first_statement_that_it_changes() -> None:
    await demand_engine()
    async with (
        bench(backend=_backend(worker_image())) as before,
        bench(backend=_backend(_changed())) as after,
    ):
        subject = await before.take(birds())
        await after.take(birds())
        desk = Desk(before, accepted(subject, "template", 1)[0])
        ended = await desk.solved("v = df['bill'].std()\nw = 2 * v", *CELLS)
        assert await desk.again(ended) is None
        assert after.workers.fingerprint != ended.fingerprint
        found = await desk.again(ended, after.workers)
    assert found is not None
    assert (found.cell, found.statement, found.what, found.settled) == (2, MEAN, "hook", True)


def _backend(image: str) -> DockerBackend:
    return DockerBackend(image, Owner(f"re-execution-{os.getpid()}"))


def _changed() -> str:
    """An image with another pandas, whose means are another's."""
    site = "/opt/venv/lib/python3.11/site-packages/pandas"
    changes = (
        f"sed -i 's/^__version__ *=.*/__version__ = \"99.9\"/' {site}/_version_meson.py",
        f"echo '_nanmean = nanmean' >> {site}/core/nanops.py",
        f"echo 'nanmean = lambda *a, **k: _nanmean(*a, **k) * 1.001' >> {site}/core/nanops.py",
    )
    lines = [f"FROM {worker_image()}", "USER root", f"RUN {' && '.join(changes)}", "USER 65532:65532"]
    tag = "tracegate-worker:another-pandas"
    command = ["docker", "build", "--quiet", "--tag", tag, "-"]
    subprocess.run(command, input="\n".join(lines), text=True, check=True, capture_output=True, timeout=120)
    return tag
