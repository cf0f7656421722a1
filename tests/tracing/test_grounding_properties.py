"""Looks and other names elsewhere never decide a verdict; what a grounded statement says always does."""

import ast
from collections.abc import Awaitable, Callable
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given, settings, strategies as st

from events.trace import HooksGraded
from tests.tracing.dishonest import DISHONEST
from tests.tracing.honest import HONEST
from tests.tracing.rewriting import edits, laid_out, own_names, renamed
from tests.tracing.shape import Shape

Grade = Callable[..., Awaitable[HooksGraded]]
GROUNDED = st.sampled_from(list(HONEST.values()))
REFUSED = st.sampled_from(list(DISHONEST.values()))
STATEMENT = "x = round(df.loc[df['a'] > 2, 'a'].sum() * 2 + len(df), ndigits=3)"
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


async def reason(grade: Grade, shape: Shape) -> str:
    (hook,) = (await grade(*shape.cells, program=shape.program)).grades
    return hook.reason


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=GROUNDED | REFUSED)
async def test_layout_and_comments_never_change_the_verdict(
    grade: Grade, data: st.DataObject, shape: Shape
) -> None:
    code = tuple(data.draw(laid_out(cell)) for cell in shape.code)
    again = replace(shape, code=code, line=data.draw(laid_out(shape.line)))
    assert await reason(grade, again) == shape.reason, again.cells


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=GROUNDED | REFUSED)
async def test_other_names_elsewhere_never_change_the_verdict(
    grade: Grade, data: st.DataObject, shape: Shape
) -> None:
    names = {
        name: data.draw(st.sampled_from([f"{name}_1", f"_{name}", name.upper()]))
        for name in own_names(shape.code, kept=f"{shape.line} {shape.value} {shape.name}")
    }
    again = replace(shape, code=tuple(renamed(cell, names) for cell in shape.code))
    assert await reason(grade, again) == shape.reason, again.cells


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shape=GROUNDED)
async def test_no_edit_of_what_is_claimed_is_grounded(
    grade: Grade, data: st.DataObject, shape: Shape
) -> None:
    line = data.draw(st.sampled_from(edits(dedent(shape.line))))
    assert await reason(grade, replace(shape, line=line)) == "not_executed", line


@pytest.mark.parametrize("code", edits(STATEMENT))
async def test_no_edit_of_the_code_leaves_the_claim_grounded(grade: Grade, code: str) -> None:
    """An edit that fails to run leaves the hook to the next cell; one that runs is another statement."""
    graded = await grade(code, f"hook(5, {STATEMENT!r}, name='x')", kept=())
    assert [hook.reason for hook in graded.grades] == ["not_executed"]
    assert ast.dump(ast.parse(code)) != ast.dump(ast.parse(STATEMENT))
