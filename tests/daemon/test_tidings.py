"""What is wrong is told once until it was well, and not shown any longer than it is so."""

from collections.abc import Sequence

from hypothesis import given, strategies as st

from actors.daemon.tidings import Matter, Tidings
from events.runtime import Paused, Resumed
from events.wire import AnyRecorded
from tests.history import History

MATTERS: Sequence[Matter] = ("artifacts", "disk", "files", "settings", "tables", "workers")


class Person:
    """Who is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def stage(self, told: str) -> None:
        self.lines.append(told)

    def heard(self, recorded: AnyRecorded) -> None:
        """Nothing that concerns a person here."""


class Ears:
    """Tidings, and who is told of them."""

    def __init__(self) -> None:
        self.person = Person()
        self.tidings = Tidings(self.person, lambda: None)

    def hear(self, event: Paused | Resumed) -> None:
        history = History()
        history.tell(event)
        self.tidings.hear(history.events)


def test_a_pause_is_a_problem_until_there_is_room_and_told_each_time() -> None:
    ears = Ears()
    for _ in range(2):
        ears.hear(Paused("no space left"))
        assert "no space left" in str(ears.tidings.problem)
        ears.hear(Resumed(3.0))
        assert ears.tidings.problem is None
    assert [line.split()[0] for line in ears.person.lines] == ["the", "there"] * 2


def test_what_is_well_again_uncovers_what_is_still_wrong() -> None:
    ears = Ears()
    ears.tidings.stands("settings", "bad settings")
    ears.hear(Paused("no space left"))
    ears.hear(Resumed(3.0))
    assert ears.tidings.problem == "bad settings"
    ears.tidings.stands("settings", None)
    assert ears.tidings.problem is None


def test_at_the_end_only_what_ended_it_is_shown() -> None:
    for ended_by in (None, "the disk failed"):
        ears = Ears()
        ears.hear(Paused("no space left"))
        ears.tidings.end(ended_by)
        assert ears.tidings.problem == ended_by


WORDS = st.sampled_from(["a", "b"])
STEPS = st.lists(st.tuples(st.sampled_from(MATTERS), st.none() | WORDS))


@given(STEPS)
def test_the_same_words_are_told_once_until_that_matter_was_well(
    steps: list[tuple[Matter, str | None]],
) -> None:
    ears = Ears()
    wrong: dict[str, str | None] = {}
    due: list[str] = []
    for matter, told in steps:
        ears.tidings.stands(matter, told)
        if told is not None and wrong.get(matter) != told:
            due.append(told)
        wrong[matter] = told
        assert (ears.tidings.problem is None) == (not any(wrong.values()))
        if told is not None:
            assert ears.tidings.problem == told
    assert ears.person.lines == due
