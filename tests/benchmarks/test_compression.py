"""What survives of hard outputs, as the benchmark counts it."""

import re

import pytest

from actors.teaching.compression import BUDGETS, view
from benchmarks.compression import WHAT, main, row
from benchmarks.outputs import Output, made
from events.trace import CellResult

MADE = list(made())
LEAST = {
    "error": 100,
    "frames": 100,
    "shape": 100,
    "columns": 95,
    "markers": 100,
    "head": 97,
    "tail": 97,
    "digests": 100,
}
"""Per cent of what matters in the outputs that are made."""


def survived(cells: tuple[str, ...]) -> dict[str, float]:
    shares = dict(zip(WHAT, cells[4:], strict=True))
    return {what: float(share.removesuffix(" %")) for what, share in shares.items() if share != "-"}


def test_what_matters_survives_in_the_hard_outputs() -> None:
    found = survived(row("all", MADE))
    assert {what: share for what, share in found.items() if share < LEAST[what]} == {}


@pytest.mark.parametrize("output", MADE, ids=lambda output: output.kind)
def test_a_hard_output_is_many_times_its_view(output: Output) -> None:
    seen = len(view(output.result, None).encode())
    assert seen < output.size / 3
    assert seen < sum(budget.bytes for budget in BUDGETS.values())


def test_what_is_lost_is_counted_as_lost() -> None:
    lines = [f"row {number}" for number in range(5000)]
    output = Output("any", CellResult(0, stdout="\n".join(lines)), {"markers": [lines[0], lines[2500]]})
    assert survived(row("any", [output]))["markers"] == 50


def test_the_tables_are_printed_beside_what_first_and_last_lines_alone_would_keep(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--only", "made"])
    shown = capsys.readouterr().out
    lines = {re.split(r"  +", line)[0]: line for line in shown.splitlines()}
    chain, alone = (
        lines[name].split("%")
        for name in ("all of them", "the same, had only first and last lines been kept")
    )
    assert float(chain[1]) == 100 > float(alone[1])
    assert "5,000 lines" in shown
