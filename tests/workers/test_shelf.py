from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from actors.workers.shelf import Shelf

BUDGET = 100


def test_the_least_recently_used_table_is_the_first_to_go() -> None:
    shelf = Shelf(BUDGET)
    for name in "abc":
        shelf.put(name, 10)
    shelf.close(shelf.open("a"))
    assert shelf.names == ("b", "c", "a")
    assert shelf.idle() == "b"


def test_a_table_in_use_is_never_idle() -> None:
    shelf = Shelf(BUDGET)
    shelf.put("a", 10)
    session = shelf.open("a")
    assert shelf.idle() is None
    shelf.close(session)
    assert shelf.idle() == "a"


def test_the_room_of_a_dropped_table_is_free_when_those_are_over_that_were_forked_with_it() -> None:
    shelf = Shelf(BUDGET)
    shelf.put("a", 60)
    shelf.put("b", 30)
    before = shelf.open("b")
    shelf.drop("a")
    after = shelf.open("b")
    assert shelf.room == 10
    shelf.close(before)
    assert shelf.room == 70
    shelf.close(after)
    assert shelf.room == 70


class Shelving(RuleBasedStateMachine):
    """A shelf beside what really lies in memory: each table as long as a session that was forked with it lives."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf(BUDGET)
        self.sizes: dict[int, int] = {}
        """By reading, since a table that is read again lies somewhere else."""
        self.reading: dict[str, int] = {}
        self.forked_with: dict[int, set[int]] = {}
        self.uses: list[str] = []
        self.opened: dict[int, str] = {}

    @rule(name=st.sampled_from("abcdef"), memory=st.integers(1, BUDGET))
    def use(self, name: str, memory: int) -> None:
        while name not in self.shelf and self.shelf.room < memory:
            idle = self.shelf.idle()
            if idle is None:
                return
            others = {name for name in self.shelf.names if name not in self.used()}
            assert idle == min(others, key=self.uses.index)
            self.shelf.drop(idle)
            del self.reading[idle]
        if name not in self.shelf:
            self.shelf.put(name, memory)
            self.reading[name] = len(self.sizes)
            self.sizes[len(self.sizes)] = memory
        session = self.shelf.open(name)
        self.uses = [one for one in self.uses if one != name] + [name]
        self.forked_with[session] = set(self.reading.values())
        self.opened[session] = name

    @rule(session=st.runner().flatmap(lambda self: st.sampled_from(sorted(self.forked_with) or [-1])))
    def close(self, session: int) -> None:
        if session >= 0:
            self.shelf.close(session)
            del self.forked_with[session], self.opened[session]

    def used(self) -> set[str]:
        return set(self.opened.values())

    @invariant()
    def what_lies_in_memory_is_within_the_budget(self) -> None:
        lying = set(self.reading.values()).union(*self.forked_with.values())
        assert sum(self.sizes[one] for one in lying) == BUDGET - self.shelf.room <= BUDGET

    @invariant()
    def what_is_in_use_is_held(self) -> None:
        assert self.used() <= set(self.shelf.names)


TestShelving = Shelving.TestCase
