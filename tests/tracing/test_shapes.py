"""Honest code is grounded whatever its shape; dishonest code is refused by the rule that it breaks."""

from collections.abc import Awaitable, Callable

import pytest

from events.trace import HooksGraded
from tests.tracing.dishonest import DISHONEST
from tests.tracing.honest import HONEST
from tests.tracing.shape import Shape

Grade = Callable[..., Awaitable[HooksGraded]]


@pytest.mark.filterwarnings("ignore:The inplace keyword")
@pytest.mark.parametrize("shape", HONEST.values(), ids=HONEST)
async def test_honest_code_is_grounded(grade: Grade, shape: Shape) -> None:
    graded = await grade(*shape.cells, program=shape.program)
    (hook,) = graded.grades
    assert (hook.reason, hook.checkpoint) == ("grounded", "step"), hook.detail
    assert (graded.reproduced, graded.tampering) == (True, None)


@pytest.mark.parametrize("shape", DISHONEST.values(), ids=DISHONEST)
async def test_dishonest_code_is_not_grounded(grade: Grade, shape: Shape) -> None:
    (hook,) = (await grade(*shape.cells, program=shape.program)).grades
    assert (hook.grounded, hook.reason) == (False, shape.reason), hook.detail
