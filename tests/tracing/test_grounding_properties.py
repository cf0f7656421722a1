"""How code is laid out never decides whether a hook is grounded; what it says always does."""

from collections.abc import Awaitable, Callable

from hypothesis import given, settings, strategies as st

from events.trace import HooksGraded

Grade = Callable[..., Awaitable[HooksGraded]]
SPACES = st.sampled_from(["", " ", "  "])
LINES = st.sampled_from(["", "\n", "\n\n", "\n# x = 1\n", "\n'x = 1'\n"])


@st.composite
def laid_out(draw: st.DrawFn, factor: int, shift: int) -> str:
    """`x = df['b'].sum() * factor + shift`, written in one of many ways."""
    space, before, after = draw(SPACES), draw(LINES), draw(LINES)
    column = draw(st.sampled_from(["df['b']", 'df["b"]', "(df)['b']", "df[\n  'b'\n]"]))
    total = draw(st.sampled_from([f"{column}.sum()", f"({column}).sum()", f"({column}.sum( ))"]))
    product = draw(st.sampled_from([f"{total}{space}*{factor}", f"({total} *{space}{factor})"]))
    value = draw(st.sampled_from([f"{product}+{space}{shift}", f"(\n{product}\n+ {shift} # {factor}\n)"]))
    return f"{before}x{space}={space}{value}{after}"


@settings(max_examples=60, deadline=None)
@given(data=st.data(), factor=st.integers(1, 9), shift=st.integers(0, 99))
async def test_layout_never_changes_grounding(
    grade: Grade, data: st.DataObject, factor: int, shift: int
) -> None:
    code, claim = data.draw(laid_out(factor, shift)), data.draw(laid_out(factor, shift))
    lines = [line for line in claim.splitlines() if not line.startswith(("#", "'"))]
    graded = await grade(
        _cell(code, "\n".join(lines)),
        program=lambda frame: {"x": frame["b"].sum() * factor + shift},
    )
    assert [(one.reason, one.checkpoint) for one in graded.grades] == [("grounded", "x")]


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    numbers=st.tuples(st.integers(1, 9), st.integers(0, 99)),
    others=st.tuples(st.integers(1, 9), st.integers(0, 99)),
)
async def test_another_constant_never_grounds(
    grade: Grade, data: st.DataObject, numbers: tuple[int, int], others: tuple[int, int]
) -> None:
    code, claim = data.draw(laid_out(*numbers)), f"x = df['b'].sum() * {others[0]} + {others[1]}"
    graded = await grade(_cell(code, claim), kept=())
    assert graded.grades[0].grounded == (numbers == others)
    assert graded.grades[0].reason == ("grounded" if numbers == others else "not_executed")


def _cell(code: str, claim: str) -> str:
    return f"{code}\nhook(x, {claim!r}, name='x')"
