"""Each rule of the plan finds what breaks it, on its line, and says what to do; and nothing else."""

from pathlib import Path

import pytest

from actors.planning.report import RULES
from tests.planning.broken import BROKEN, Broken
from tests.planning.sound import SOUND, found_in, tree


def test_a_sound_plan_keeps_every_rule(tmp_path: Path) -> None:
    assert found_in(SOUND, tree(tmp_path)) == []


def test_every_rule_has_a_variant_that_breaks_it() -> None:
    assert {one.rule for one in BROKEN} == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: f"{one.rule}-{one.new.strip()[:30] or 'left out'}")
def test_what_breaks_one_rule_is_told_with_line_rule_and_mend(broken: Broken, tmp_path: Path) -> None:
    (found,) = found_in(broken.text, tree(tmp_path))
    assert (found.rule, found.line) == (broken.rule, broken.line)
    assert broken.found in found.found
    assert broken.mend in found.mend
