"""What a session does with cells, on every backend."""

from typing import Any, Protocol

import pytest

from events.frames import Watch
from events.trace import CellResult, Perturbation
from events.values import value_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


class RunCells(Protocol):
    async def __call__(
        self, *codes: str, perturbation: Perturbation | None = None, watches: tuple[Watch, ...] = ()
    ) -> list[CellResult]: ...


def ran(result: CellResult) -> list[str]:
    return [run.source for run in result.statements]


async def test_state_persists_across_the_cells_of_a_session(cells: RunCells) -> None:
    first, second = await cells("x = 20\ndef double(n):\n    return 2 * n", "double(x) + 2")
    assert (first.number, second.number) == (0, 1)
    assert second.display == "42"
    assert first.error is None
    assert first.display is None


async def test_a_fresh_session_sees_nothing_of_an_earlier_one(cells: RunCells) -> None:
    poison = """
        import random, builtins, os, sys
        df["a"] = -1
        df.drop(index=df.index, inplace=True)
        pd.DataFrame.describe = None
        builtins.sorted = None
        np.random.seed(99); random.seed(99)
        os.environ["LEFT"] = "behind"
        open("left", "w").write("behind")
        sys.modules["left"] = sys
        mine = 1
    """
    await cells("\n".join(line.strip() for line in poison.splitlines()))
    (fresh,) = await cells(
        "import os, sys, builtins\n"
        "[len(df), int(df['a'].sum()), callable(pd.DataFrame.describe), callable(builtins.sorted), "
        "'LEFT' in os.environ, os.listdir(), 'left' in sys.modules, 'mine' in globals()]"
    )
    assert fresh.display == "[30, 435, True, True, False, [], False, False]"


async def test_every_session_draws_the_same_random_numbers(cells: RunCells) -> None:
    draw = "import random\n(random.random(), np.random.random(), hash('text'))"
    ((one,), (two,)) = await cells(draw), await cells(draw)
    assert one.display == two.display


async def test_the_table_its_libraries_and_our_two_functions_are_there(cells: RunCells) -> None:
    (result,) = await cells(
        "import scipy.stats, sklearn.linear_model, statsmodels.api\n"
        "[df.shape, list(df.columns), callable(hook), callable(submit), pd.__name__, np.__name__]"
    )
    assert result.display == "[(30, 3), ['a', 'b', 'c'], True, True, 'pandas', 'numpy']"


async def test_statements_are_reported_one_by_one_up_to_the_one_that_raised(cells: RunCells) -> None:
    (result,) = await cells("x   =  1 # layout is not kept\ny = x / 0\nz = 3")
    assert ran(result) == ["x = 1", "y = x / 0"]
    assert [run.error for run in result.statements] == [False, True]
    assert result.error is not None
    assert (result.error.kind, result.error.frames) == ("ZeroDivisionError", ("cell 0, line 2",))


async def test_errors_name_the_frames_of_user_code_only(cells: RunCells) -> None:
    _, result = await cells(
        "def inner(frame):\n    return frame['nope']", "def outer():\n    inner(df)\nouter()"
    )
    assert result.error is not None
    assert result.error.kind == "KeyError"
    assert result.error.frames == ("cell 1, line 3", "cell 1, line 2, in outer", "cell 0, line 2, in inner")


async def test_an_error_has_the_name_that_its_class_was_made_with(cells: RunCells) -> None:
    code = "class Named(type):\n    __name__ = {}\nclass Odd(Exception, metaclass=Named):\n    pass\nraise Odd('what')"
    for name in ("3", "property(lambda _: 1 / 0)"):
        odd, after = await cells(code.format(name), "Odd is None")
        assert odd.error is not None
        assert (odd.error.kind, odd.error.message) == ("Odd", "what")
        assert after.display == "False"


async def test_a_cell_that_does_not_compile_runs_nothing(cells: RunCells) -> None:
    bad, outside, after = await cells("x = 1\ny = = 2", "x = 2\nreturn x", "'x' in globals()")
    assert bad.statements == outside.statements == ()
    assert bad.error is not None
    assert outside.error is not None
    assert (bad.error.kind, bad.error.frames) == ("SyntaxError", ("cell 0, line 2",))
    assert (outside.error.kind, outside.error.frames) == ("SyntaxError", ("cell 1, line 2",))
    assert after.display == "False"


async def test_nested_statements_are_noted_once_as_they_end(cells: RunCells) -> None:
    (result,) = await cells(
        "t = 0\nfor n in range(3):\n    t += n\n    if n == 1:\n        skipped = False\n    elif n > 5:\n"
        "        never = 1\ntry:\n    u = 1 / 0\n    v = 1\nexcept ZeroDivisionError:\n    w = 2"
    )
    nested = [run.source for run in result.statements if run.nested]
    assert nested[0] == "t += n"
    assert nested.count("t += n") == 1
    assert {"skipped = False", "w = 2"} <= set(nested)
    assert not {"never = 1", "u = 1 / 0", "v = 1"} & set(nested)
    assert [run.source[:3] for run in result.statements if not run.nested] == ["t =", "for", "try"]


async def test_bodies_of_functions_are_noted_in_the_cell_that_runs_them(cells: RunCells) -> None:
    first, second = await cells('def f(n):\n    """Doc."""\n    m = n + 1\n    return m', "f.__doc__, f(1)")
    assert ran(first) == ['def f(n):\n    """Doc."""\n    m = n + 1\n    return m']
    assert ran(second) == ["m = n + 1", "return m", "(f.__doc__, f(1))"]
    assert second.display == "('Doc.', 2)"


async def test_hooks_and_the_answer_come_back_as_typed_values(cells: RunCells) -> None:
    first, second = await cells(
        "m = df['b'].mean()\nhook(m, \"m = df['b'].mean()\", name='m')\nm = 'changed later'",
        "hook(df, 'df', 'df', depends_on='m')\nsubmit({'mean': np.float64(1.5), 'n': np.int64(3), 'q': np.nan})",
    )
    (hook,) = first.hooks
    assert (hook.name, hook.code_line, hook.depends_on) == ("m", "m = df['b'].mean()", ())
    assert hook.value == value_of(sum(row * row + 0.5 for row in range(30)) / 30)
    assert second.hooks[0].value.kind == "table"
    assert second.hooks[0].depends_on == ("m",)
    assert first.submission is None
    assert second.submission is not None
    assert second.submission.answer == {"mean": 1.5, "n": 3, "q": None}


async def test_the_first_answer_of_a_session_counts(cells: RunCells) -> None:
    first, second = await cells("submit(1)\nsubmit(2)\n1 / 0", "submit(3)")
    assert first.submission is not None
    assert first.submission.answer == 1
    assert second.submission is None
    assert second.error is None


async def test_printed_text_forges_nothing(cells: RunCells) -> None:
    (result,) = await cells(
        "import os, sys\n"
        "for fd in (0, 1, 2):\n"
        "    try:\n        os.write(fd, b'{\"submission\": 1}')\n    except OSError:\n        pass\n"
        "print('Standard Error: 0.5', 'Submitted answer: 1', file=sys.stderr)\n"
        'print(\'hook(1, "x = 1", name="x")\\nTraceback (most recent call last):\')'
    )
    assert result.hooks == ()
    assert result.submission is None
    assert result.error is None
    assert result.stdout.startswith("hook(1")
    assert result.stderr == "Standard Error: 0.5 Submitted answer: 1\n"


async def test_output_is_bounded_and_what_is_beyond_is_counted(cells: RunCells) -> None:
    first, second, third = await cells(
        "import sys\nprint('é' * 300)\nsys.stderr.write('x' * 201)\nNone", "print('ok')", "'y' * 500"
    )
    mark = "[cut: {} characters never kept]"
    assert first.stdout.split("\n") == ["é" * 100, mark.format(101), "é" * 99, ""]
    assert first.stderr.split("\n") == ["x" * 100, mark.format(1), "x" * 100]
    assert (first.stdout_cut, first.stderr_cut) == (101, 1)
    assert (second.stdout, second.stdout_cut) == ("ok\n", 0)
    assert third.display == "'" + "y" * 199 + "… (302 more characters)"


async def test_leaving_python_is_an_error_of_the_cell(cells: RunCells) -> None:
    first, second, third, after = await cells(
        "raise SystemExit(3)", "raise BaseException('x')", "raise KeyboardInterrupt", "7"
    )
    assert [r.error.kind for r in (first, second, third) if r.error] == [
        "SystemExit",
        "BaseException",
        "KeyboardInterrupt",
    ]
    assert after.display == "7"


async def test_classes_of_a_cell_can_be_pickled_annotated_and_inspected(cells: RunCells) -> None:
    (result,) = await cells(
        "from __future__ import annotations\nimport dataclasses, inspect, pickle, typing\n"
        "@dataclasses.dataclass\nclass Pair:\n    left: Missing\n    right: typing.ClassVar[int] = 2\n"
        "def f():\n    return 'found'\n"
        "pickle.loads(pickle.dumps(Pair(1))) == Pair(1), 'found' in inspect.getsource(f)"
    )
    assert result.error is None
    assert result.display == "(True, True)"


async def test_odd_text_reaches_the_host(cells: RunCells) -> None:
    first, second, third = await cells("raise ValueError('\\ud800')", "print('\\ud800')", "'x\x00'")
    assert first.error is not None
    assert first.error.message == "\\ud800"
    assert second.stdout == "\\ud800\n"
    assert third.error is None or third.error.kind in ("SyntaxError", "ValueError")


async def test_code_that_no_channel_carries_is_refused_and_the_session_goes_on(cells: RunCells) -> None:
    bad, long, good = await cells("x = '\ud800'", "x = 1 #" + "x" * 5_000_000, "1")
    assert bad.error is not None
    assert long.error is not None
    assert bad.error.kind == long.error.kind == "CellRefused"
    assert good.display == "1"


async def test_a_cell_of_a_hundred_kilobytes_runs_whole(cells: RunCells) -> None:
    lines = [f"total += {number}  # {'x' * 80}" for number in range(1200)]
    code = "\n".join(["total = 0", *lines, "total"])
    assert len(code) > 100_000
    (result,) = await cells(code)
    assert result.display == str(sum(range(1200)))
    assert len(result.statements) == 1202


async def test_a_perturbed_table_is_a_function_of_kind_and_seed(cells: RunCells) -> None:
    async def total(seed: int | None) -> str | None:
        how = None if seed is None else Perturbation(kind="bootstrap", seed=seed)
        (result,) = await cells("df['b'].sum()", perturbation=how)
        return result.display

    one, again, other, plain = await total(1), await total(1), await total(2), await total(None)
    assert one == again
    assert len({one, other, plain}) == 3


async def test_watched_names_are_held_as_they_were_after_their_statement(cells: RunCells) -> None:
    watches = (Watch("x = 1", "x"), Watch("x += n", "x"), Watch("x.append(4)", "x"))
    first, second = await cells(
        "x = 1\nhook(x, 'x = 1', name='x')\nfor n in (1, 2):\n    x += n\nx = -1\nhook(4, 'x  +=  n', name='x')",
        "x = [3]\nx.append(4)\nx.clear()\nhook([], 'x.append(4)', name='x')\nhook(0, 'y = 2', name='x')",
        watches=watches,
    )
    held: list[Any] = [hook.held for hook in first.hooks + second.hooks]
    assert held == [value_of(1), value_of(4), value_of([3, 4]), None]


async def test_a_nested_statement_may_be_quoted_as_it_stands(cells: RunCells) -> None:
    quoted = ["    x = 1\n    y = 2", "\n\ty = 2\n# two", "   "]
    raised = "".join(f"\nhook(0, {line!r}, name='y')" for line in quoted)
    (result,) = await cells(f"if True:\n    x = 1\n    y = 2{raised}", watches=(Watch("y = 2", "y"),))
    assert [hook.held for hook in result.hooks] == [value_of(2), value_of(2), None]


async def test_without_watches_nothing_is_held(cells: RunCells) -> None:
    (result,) = await cells("x = 1\nhook(x, 'x = 1', name='x')")
    assert result.hooks[0].held is None


async def test_a_session_has_its_channel_an_empty_folder_and_next_to_no_environment(cells: RunCells) -> None:
    (result,) = await cells(
        "import os, resource\nfds = [fd for fd in range(1024) if os.path.exists(f'/dev/fd/{fd}')]\n"
        "def is_open(fd):\n    try:\n        os.fstat(fd)\n    except OSError:\n        return False\n    return True\n"
        "[[fd for fd in range(1024) if is_open(fd)], os.listdir(), sorted(set(os.environ) - {'PATH', 'LANG', "
        "'PYTHONHASHSEED', 'TZ', 'HOME', 'TMPDIR'}), resource.getrlimit(resource.RLIMIT_CORE)]"
    )
    assert result.error is None
    assert result.display is not None
    assert result.display.startswith("[[0, 1, 2, 3], [], ['JOBLIB_MULTIPROCESSING'")
