"""What is held out is no lesson: of questions in every split, those of `train` alone are learned."""

from pathlib import Path

import pytest

pytest.importorskip("trl")

from actors import lessons
from actors.lessons import rows_of
from events.question import Question
from events.training import METHODS, Method, TrainingSettings
from store.export.harvest import Harvest
from store.home import Home
from store.splits import SPLITS, Split, Splits
from tests.history import told
from tests.store.test_export import parted

pytestmark = pytest.mark.train


class Dealt(Splits):
    """The questions of a source stand in a split each, by their number."""

    def of(self, question: Question) -> Split | None:
        """The split whose place is the number in the question's text."""
        return next(split for split, told in TOLD.items() if told in question.question_text)


TOLD = {split: f"the {number}th time" for number, split in enumerate(SPLITS)}


@pytest.mark.parametrize("method", METHODS)
def test_only_rows_of_the_training_split_are_learned(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    state = parted(told(len(SPLITS)).state())
    monkeypatch.setattr(lessons, "harvest_of", lambda *_: Harvest(state, Dealt({})))
    for rows in rows_of(state, Home(Path("nowhere")), TrainingSettings(method, "m", batch=1)):
        asked = {split for row in rows for split, words in TOLD.items() if words in str(row)}
        assert asked == {"train"}
