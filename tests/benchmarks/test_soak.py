"""The soak finds what it looks for: sessions that end otherwise than they may, and whatever is left."""

import re
from collections import Counter

import pytest

from benchmarks.soak import KINDS, Heard, Soak, judged
from tests.benchmarks.test_benchmarks import printed

HELD = {"memory of the worker, MB": 200.0, "descriptors of the worker": 10.0, "containers": 0.0}


def soaked(*ends: tuple[str, str], wrong: tuple[str, str] | None = None) -> Soak:
    return Soak(iter(()), Counter(ends), Counter([wrong] if wrong else []))


def test_a_soak_that_ends_as_it_began_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        judged(1, soaked(("honest", "value")), Heard(), HELD, HELD | {"memory of the worker, MB": 203.0}) == 0
    )
    assert "every session is accounted for, and nothing is left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"memory of the worker, MB": 215.0}, "memory of the worker, MB: 200 became 215"),
        ({"descriptors of the worker": 11.0}, "descriptors of the worker: 10 became 11"),
        ({"containers": 1.0}, "containers: 0 became 1"),
    ],
)
def test_what_grew_is_named(after: dict[str, float], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(1, soaked(("honest", "value")), Heard(), HELD, HELD | after) == 1
    assert said in capsys.readouterr().out


def test_sessions_that_ended_otherwise_or_not_at_all_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    end = ("honest", "crashed")
    assert judged(2, soaked(end, wrong=end), Heard(left=1), HELD, HELD) == 1
    told = capsys.readouterr().out
    for line in (
        "1 of honest ended as crashed",
        "1 sessions are not accounted for",
        "1 workers stayed behind",
    ):
        assert line in told


def test_the_kinds_are_out_of_a_thousand() -> None:
    assert sum(kind.weight for kind in KINDS) == 1000


@pytest.mark.full
def test_a_short_soak_leaves_nothing() -> None:
    shown = printed("soak", "--sessions", "200", "--kill-every", "100", "--seed", "3", quiet=False)
    assert re.search(r"workers lost: [1-9]", shown)
    assert shown.endswith("every session is accounted for, and nothing is left\n")


@pytest.mark.full
def test_losses_are_measured_one_by_one() -> None:
    shown = printed("losses", "--rounds", "1", "--workers", "local", quiet=False)
    for fault in ("killed, until it is known", "stopped, until it is known", "a pool of 8 stopped"):
        assert re.search(rf"local: {fault} .* (?:not )?met", shown), shown
