"""What statements made is the same whether each is run in a cell of its own or many in one."""

from collections.abc import Callable, Sequence

import pytest

from actors.ports import InfrastructureError
from actors.tracing.stepwise import Step, stepped
from actors.tracing.walking import TOGETHER, walked
from events.trace import AttemptEnded
from tests.tracing.conftest import FakeWorkers
from tests.tracing.dishonest import DISHONEST
from tests.tracing.honest import HONEST

Solve = Callable[..., AttemptEnded]
HIDDEN = ("def done(x):\n    submit({'n': x})", "n = len(df)\ndone(n)")
FAILING = ("a = 1\nb = a / 0\nc = 2", "d = a + 1\nsubmit({'d': d})\ne = d")
HANDED = (
    "import random\nrandom.seed(1)",
    "rows = [3, 1, 2]\nn = 1\nrandom.shuffle(rows)\nlist.sort(rows)\nlen(rows)",
)
BRANCHES = ("if len(df) > 3:\n    big = True\nelse:\n    small = True\nfor i in range(3):\n    last = i",)
ENDING = ("x = 1\ny = x + 1", "z = y\nraise SystemExit\nz = 3")
MANY = ("\n".join(f"v{n} = {n}" for n in range(2 * TOGETHER + 1)), "submit({'v': v3})")


def told(steps: Sequence[Step]) -> list[tuple[object, ...]]:
    return [
        (
            one.cell,
            one.place,
            one.source,
            dict(one.values),
            one.result.error is None,
            one.result.submission,
            [(ran.source, ran.nested, ran.error) for ran in one.result.statements],
        )
        for one in steps
    ]


WRITTEN = {
    "failing": FAILING,
    "handed": HANDED,
    "branches": BRANCHES,
    "many": MANY,
    "hidden": HIDDEN,
    "ending": ENDING,
}
SHAPES = {
    name: shape.cells
    for name, shape in (HONEST | DISHONEST).items()
    if "random()" not in "".join(shape.cells)
}


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("cells", (WRITTEN | SHAPES).values(), ids=WRITTEN | SHAPES)
async def test_a_statement_makes_the_same_in_a_cell_of_its_own_and_among_others(
    cells: Sequence[str], solve: Solve, workers: FakeWorkers
) -> None:
    attempt = solve(*cells)
    alone = await stepped(attempt, workers, "dataset")
    assert told(await walked(attempt, workers, "dataset")) == told(alone)


async def test_a_lost_session_is_a_failure_of_infrastructure(solve: Solve) -> None:
    with pytest.raises(InfrastructureError, match="lost in a re-run"):
        await walked(solve("x = 1"), FakeWorkers(lost=True), "dataset")


async def test_many_statements_are_run_in_few_cells(solve: Solve, workers: FakeWorkers) -> None:
    steps = await walked(solve(*MANY), workers, "dataset")
    assert [one.result.number for one in steps[::TOGETHER]] == [0, 1, 2]
    assert steps[-1].result.number == 3
