"""What a result must hold by its code: lost, doubled and foreign parts are named, and honest ones never are."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from actors.tracing.recorder import record
from events.trace import AttemptEnded, CellResult, ErrorReport, FaultKind, HookRaised, SessionEnd, Submission

Solve = Callable[..., AttemptEnded]
Change = Callable[[CellResult], dict[str, Any]]
MEAN = "x = df['a'].mean()"
CELLS = (
    f"{MEAN}\nhook(x, {MEAN!r}, name='x')\nz = x + 1\nhook(z, 'z = x + 1', 'z')\nprint(x)",
    "y = x * 2\nz = 3\nw = y",
    "submit({'m': float(x)})",
)
FAILED = ErrorReport(kind="KeyboardInterrupt", message="interrupted")


def altered(attempt: AttemptEnded, place: int, **changes: Any) -> AttemptEnded:
    executed = list(attempt.executed)
    executed[place] = replace(executed[place], result=replace(executed[place].result, **changes))
    return replace(attempt, executed=tuple(executed))


def swapped(hooks: tuple[HookRaised, ...]) -> tuple[HookRaised, ...]:
    return tuple(reversed(hooks))


SPOILED: dict[str, tuple[FaultKind, int, Change]] = {
    "the last statement is lost": ("missing", 1, lambda one: {"statements": one.statements[:-1]}),
    "all statements are lost": ("missing", 1, lambda _: {"statements": ()}),
    "the middle is lost": ("missing", 1, lambda one: {"statements": one.statements[::2]}),
    "the middle is lost, with an error": (
        "missing",
        1,
        lambda one: {"statements": one.statements[::2], "error": FAILED},
    ),
    "a failed statement has no error": (
        "edited",
        1,
        lambda one: {"statements": (*one.statements[:-1], replace(one.statements[-1], error=True))},
    ),
    "a statement failed and the next one ran": (
        "edited",
        1,
        lambda one: {
            "statements": (replace(one.statements[0], error=True), *one.statements[1:]),
            "error": FAILED,
        },
    ),
    "a hook is lost": ("missing", 0, lambda one: {"hooks": one.hooks[1:]}),
    "all hooks are lost": ("missing", 0, lambda _: {"hooks": ()}),
    "a hook is doubled": ("doubled", 0, lambda one: {"hooks": (*one.hooks, one.hooks[0])}),
    "hooks are reordered": ("reordered", 0, lambda one: {"hooks": swapped(one.hooks)}),
    "a hook has another name": (
        "edited",
        0,
        lambda one: {"hooks": (replace(one.hooks[0], name="q"), one.hooks[1])},
    ),
    "a hook has another line": (
        "edited",
        0,
        lambda one: {"hooks": (replace(one.hooks[0], code_line="x = 1"), one.hooks[1])},
    ),
    "an answer is lost": ("missing", 2, lambda _: {"submission": None}),
    "an answer is another than was digested": (
        "edited",
        2,
        lambda one: {"submission": Submission({"m": 99}, one.submission.digest if one.submission else "")},
    ),
}


@pytest.mark.parametrize(("kind", "place", "change"), SPOILED.values(), ids=SPOILED)
def test_a_result_that_does_not_hold_what_its_code_leaves_is_broken(
    solve: Solve, kind: FaultKind, place: int, change: Change
) -> None:
    attempt = solve(*CELLS)
    spoiled = altered(attempt, place, **change(attempt.executed[place].result))
    found = record(spoiled)
    assert record(attempt).broken is None
    assert found.fault is not None
    assert found.fault.kind == kind
    assert f"cell {place}" in (found.broken or "")
    assert CELLS[place].partition("\n")[0] in found.fault.said
    assert found.fault.ran.startswith("cells 0, 1, 2")


def test_a_hook_or_an_answer_of_another_cell_is_foreign(solve: Solve) -> None:
    attempt = solve(*CELLS)
    first, _, last = (one.result for one in attempt.executed)
    foreign = altered(attempt, 1, hooks=first.hooks[:1])
    moved = altered(altered(attempt, 1, submission=last.submission), 2, submission=None)
    for spoiled in (foreign, moved):
        fault = record(spoiled).fault
        assert fault is not None
        assert fault.kind == "foreign"
        assert fault.said == f"cells 0, 1, 2\n{CELLS[1]}"


HONEST = {
    "loops": (f"{MEAN}\nfor n in range(3):\n    hook(x, {MEAN!r}, name='x')", "submit(1)"),
    "functions": (f"def f(v):\n    hook(v, {MEAN!r}, name='x')\n    submit(v)", f"{MEAN}\nf(1)", "f(2)"),
    "another name": (f"h, s = hook, submit\n{MEAN}", f"h(x, {MEAN!r}, 'x')", "s(1)"),
    "a part of something": (f"{MEAN}\n[hook(x, {MEAN!r}, n) for n in 'ab']\n_ = submit(1)",),
    "by text": (f"{MEAN}\nexec('ho' + 'ok(x, {MEAN[:2]!r}, \"x\")')", "eval('sub' + 'mit(1)')"),
    "through the namespace": ("globals()['ho' 'ok'](1, 'x = 1', 'x')", "vars()['sub' 'mit'](1)"),
    "rebound": ("hook = print\nhook(1)", "hook(2)\nsubmit(1)"),
    "no texts to be seen": (f"{MEAN}\nn, t = 'x', {MEAN!r}\nhook(x, t, n)\nhook(*(x, t, n))", "submit(1)"),
    "twice the same": (f"{MEAN}\nhook(x, {MEAN!r}, 'x')\nhook(x, {MEAN!r}, 'x')\nsubmit(1)", "submit(2)"),
    "a hook that fails": ("hook()", f"{MEAN}\nhook(y, {MEAN!r}, 'x')\nz = 1", "submit(1)"),
    "an answer that fails": ("submit(y)", "submit()", "x = 1\nsubmit(x)"),
    "an error midway": (f"{MEAN}\nhook(x, {MEAN!r}, 'x')\n1 / 0\nhook(x, {MEAN!r}, 'x')", "submit(1)"),
    "a cell that does not parse": ("x = (", "submit(1)"),
    "a limit": (f"{MEAN}\nhook(x, {MEAN!r}, 'x')\nraise SystemExit", "submit(1)"),
    "a mapping": (f"{MEAN}\nlist(map(hook, [x], [{MEAN!r}], ['x']))", "list(map(submit, [1]))"),
    "an earlier thread": (
        f"import threading\n{MEAN}\nt = threading.Thread(target=lambda: hook(x, {MEAN!r}, 'x'))",
        "t.start()\nt.join()",
        "submit(1)",
    ),
    "names with half characters": (
        "x = 1\nhook(x, 'x = 1', '\\ud800x'.encode('utf-8', 'replace').decode())",
    ),
    "nothing at all": ("", "# a comment", "submit(1)"),
}


@pytest.mark.parametrize("cells", HONEST.values(), ids=HONEST)
def test_an_honest_trace_is_never_broken(solve: Solve, cells: tuple[str, ...]) -> None:
    assert record(solve(*cells)).broken is None


def test_a_cell_that_was_stopped_behind_its_hook_or_answer_may_hold_it(solve: Solve) -> None:
    attempt = solve(*CELLS)
    first, _, last = (one.result for one in attempt.executed)
    hooked = altered(attempt, 0, statements=first.statements[:3], error=FAILED)
    failed = replace(first.statements[3], error=True)
    noted = altered(attempt, 0, statements=(*first.statements[:3], failed), error=FAILED)
    answered = altered(attempt, 2, statements=(), error=FAILED)
    assert last.submission is not None
    for stopped in (hooked, noted, answered):
        assert record(stopped).broken is None
    two_behind = altered(attempt, 0, statements=first.statements[:1], error=FAILED)
    assert "reports the hooks 'x', 'z', but its statements raise 'x'" in (record(two_behind).broken or "")


def test_of_a_cell_whose_result_was_lost_nothing_more_is_asked(solve: Solve) -> None:
    attempt = solve(*CELLS)
    too_long = ErrorReport(kind="ResultTooLong", message="what the cell recorded is too much")
    unseen = altered(attempt, 2, statements=(), submission=None, error=too_long)
    again = solve(*CELLS, "submit(3)")
    later = altered(altered(again, 2, statements=(), submission=None, error=too_long), 3, submission=None)
    killed = altered(attempt, 2, statements=(), submission=None, end=SessionEnd(reason="wall_limit"))
    for one, outcome in (
        (unseen, "execution_failed"),
        (later, "execution_failed"),
        (killed, "execution_failed"),
    ):
        assert record(replace(one, outcome=outcome)).broken is None


def test_an_answer_of_a_cell_whose_statements_were_too_long_to_report_is_its_own(solve: Solve) -> None:
    attempt = solve("y = 1", f"{MEAN}\nsubmit({{'m': float(x)}})")
    assert attempt.executed[1].result.submission is not None
    too_long = ErrorReport(kind="ResultTooLong", message="what the cell recorded is too much")
    assert record(altered(attempt, 1, statements=(), error=too_long)).broken is None
    elsewhere = altered(attempt, 0, submission=attempt.executed[1].result.submission)
    assert "no `submit` ran in it" in (record(altered(elsewhere, 1, submission=None)).broken or "")
