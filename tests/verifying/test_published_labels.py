"""DABench as it is published: contracts for all its formats, and the labels that are known to be wrong."""

from actors.verifying.dabench import judge_labels
from store.dabench import read_dabench
from tests.verifying.published import DABENCH

KNOWN = {8, 359, 361, 516}
"""Questions whose labels other people, too, found to be of another reading than their text asks for."""


def test_every_label_matches_itself_and_those_known_to_be_wrong_are_found() -> None:
    found = judge_labels(read_dabench(DABENCH))
    assert (found.questions, found.labels) == (103, 198)
    assert found.forms > 4 * found.labels
    assert found.misread == ()
    computed = {one.question for one in found.unfit if "gives" in one.why}
    assert computed == KNOWN
    assert {one.question for one in found.unfit} - computed == {468, 542}
    assert found.computed >= 50
