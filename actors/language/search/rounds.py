"""Rounds of proposals: tables by selections, then a program for each card."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random

import xxhash

from actors.language.kinds import ASKED, DERIVED, Kind
from actors.language.lint import MOST_WORDS
from actors.language.operator import Operator, grammar
from actors.language.render_english import PHRASINGS, phrase, question
from actors.language.search.columns import takes_derived
from actors.language.search.growth import Growth, NothingFits
from actors.language.search.uses import Uses
from actors.language.search.worth import is_idle_selection
from actors.language.subject import Subject
from actors.language.term import TABLE, Input, Term, chain, field_of, parts

SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12)
"""Numbers of steps that are wanted; the largest are the hardest to come by."""
INNER_SIZES = (2, 3, 4, 5, 6, 7)
"""The same where an operator has to stand in the program: most long programs have a step that is dead."""
CARDS = 2
"""How many sizes are drawn for an operator each round."""
INNER: frozenset[str] = DERIVED | {"test", "by_group"}
"""Kinds of step that end no program, tables aside."""
TABLES = 24
"""Selections of records that a round grows, and in how many tries at most."""
TRIES, IN_VAIN = 80, 20
"""Tries at most, and after how many without any a round goes on without selections."""
MOST_WORDS_OF_ROWS = 40
"""Selections that take more to say leave no room for what is asked of them."""
ROOM_FOR_TWO = MOST_WORDS_OF_ROWS // 2
"""One that takes more by itself leaves no room for another."""
TAKERS = 3
"""Operators that are tried at most to end a program in which another has to stand."""
TRIES_OF_A_CARD = 4
"""Tables that a program is grown on at most, until one fits."""
NEAR, LONG = 2, 9
"""A table of so many steps more or fewer than wanted is as good as one of just so many."""
KEPT = 2
"""So many times more a selection that is kept counts as used than one that is not."""
DEEP = 4
"""Of so many tries to narrow a table one is by a group that is sought out, in several steps."""
WORDS_OF_A_STEP = 4.5
"""Selections that take no more for each of their steps leave room for a long program."""
MOST_SELECTIONS = 3
FEWEST_RECORDS = 10
BARREN_ROUNDS = 2
"""So many rounds in a row without a proposal end the search: the table allows none."""


@dataclass
class Left:
    """What a search left out, counted."""

    equal: int = 0
    """Tables that are equal to one of fewer steps."""
    small: int = 0
    """Tables of too few records, or of all."""
    idle: int = 0
    """Tables to which some selection makes next to no difference."""
    long: int = 0
    """Tables and programs that take too many words to say."""
    unfit: int = 0
    """Cards for which nothing fitted."""


@dataclass(frozen=True)
class Card:
    """What a program is to be."""

    finals: tuple[str, ...]
    """The operators of which one ends it, the first that fits."""
    size: int
    """About how many steps it has."""
    inner: str = ""
    """An operator that must stand in it; none if any will do."""


@dataclass
class Round:
    """One round.

    Args:
        subject: the table.
        key: what all draws derive from.
        left: told what was left out.
        uses: how often what was used in the rounds before it.
    """

    subject: Subject
    key: str
    left: Left = field(default_factory=Left)
    uses: Uses | None = None

    def __post_init__(self) -> None:
        self._rng = Random(self.key)
        self._uses = self.uses or Uses(self._rng)
        self._growth = Growth(self.subject, self._rng, self._uses)

    def proposals(self) -> Iterator[Mapping[str, Term]]:
        """The answer field and term of each program grown."""
        tables = {rows: _steps(rows) for rows in self._grown_tables()}
        cards = [*self._final_cards(), *self._inner_cards()]
        self._rng.shuffle(cards)
        for card in cards:
            grown = self._dealt(card, tables)
            if grown is None:
                self.left.unfit += 1
            else:
                yield {field_of(grown): grown}

    def _final_cards(self) -> Iterator["Card"]:
        """Some for each operator that can end a program."""
        for name in _finals():
            yield from (Card((name,), size) for size in self._rng.sample(SIZES, CARDS))

    def _inner_cards(self) -> Iterator["Card"]:
        """One for each that others are made of: where many serve alike, it would come by chance alone."""
        for one in sorted(grammar().values(), key=lambda one: one.name):
            if one.result in INNER and one.searchable and one.phrases:
                takers = self._uses.ranked(_takers(one.result), "taker")[:TAKERS]
                yield Card(tuple(takers), self._rng.choice(INNER_SIZES), one.name)

    def _grown_tables(self) -> list[Input]:
        """The dataset, and selections of it that differ from each other."""
        whole = self.subject.arithmetic.table
        seen = {_digest(whole)}
        found: list[Input] = [TABLE]
        for number in range(TRIES):
            if len(found) > TABLES or (number == IN_VAIN and len(found) == 1):
                break
            is_deep = number % DEEP == 0
            open_ones = [one for one in found if len(chain(one)) < MOST_SELECTIONS]
            dense = [one for one in open_ones if is_deep and self._is_dense(one)]
            rows = self._uses.least(dense or open_ones, "narrowed")
            try:
                grown = self._with_room(self._growth.grow("table", rows, is_deep=is_deep))
            except NothingFits:
                continue
            places = self.subject.arithmetic.value(grown)
            if places.size < FEWEST_RECORDS or places.size == self._number_before(grown):
                self.left.small += 1
            elif (digest := _digest(places)) in seen:
                self.left.equal += 1
            elif self._words(grown) > MOST_WORDS_OF_ROWS:
                self.left.long += 1
            elif is_idle_selection(grown, self.subject):
                self.left.idle += 1
            else:
                seen.add(digest)
                found.append(grown)
                self._growth.note(grown, is_deep=is_deep, times=KEPT)
        return found

    def _with_room(self, grown: Term) -> Term:
        """A selection; by the same operator of all records where it takes too many words beside others.

        Raises:
            NothingFits: it can be had of those alone.
        """
        is_long = self._words(grown) > MOST_WORDS_OF_ROWS
        if is_long and len(chain(grown)) > 1 and self._own_words(grown) > ROOM_FOR_TWO:
            return self._growth.apply(grown.declared, TABLE)
        return grown

    def _number_before(self, grown: Term) -> int:
        """Of how many records a selection is."""
        return int(self.subject.arithmetic.value(grown.rows()).size)

    def _is_dense(self, rows: Input) -> bool:
        """Whether selections have many steps and few words, so that a long program may be grown on them."""
        return self._words(rows) <= WORDS_OF_A_STEP * _steps(rows)

    def _words(self, rows: Input) -> int:
        """How many words it takes to tell the selections of a table."""
        return sum(map(self._own_words, chain(rows)))

    def _own_words(self, selection: Term) -> int:
        """How many it takes to tell one of them."""
        return len(phrase(selection, 0, self.subject.words).split())

    def _dealt(self, card: "Card", tables: Mapping[Input, int]) -> Term | None:
        """A program as a card wants it, that can be told in a few words."""
        for final in card.finals:
            grown = self._ending_in(grammar()[final], card, tables)
            if grown is not None:
                self._uses.note(final, "taker")
                return grown
        return None

    def _ending_in(self, declared: type[Operator], card: "Card", tables: Mapping[Input, int]) -> Term | None:
        own = 1 + sum(kind != "table" for kind in declared.inputs.values())
        ranked = sorted(self._uses.ranked(tables, "rows"), key=self._load)
        near = NEAR if card.size < LONG else 1
        fitting = sorted(ranked, key=lambda rows: max(near, abs(tables[rows] + own - card.size)))
        room, tries = math.inf, 0
        for rows in fitting:
            if self._words(rows) > room:
                continue
            if tries == TRIES_OF_A_CARD:
                return None
            tries += 1
            try:
                grown = self._growth.apply(declared, rows, card.inner)
            except NothingFits:
                continue
            if (over := self._words_over(grown)) > 0:
                self.left.long += 1
                room = self._words(rows) - over
                continue
            for one in (rows, *_selections(rows)):
                self._uses.note(one, "rows")
            return grown
        return None

    def _load(self, rows: Input) -> int:
        """How many programs have the most frequent of the operators that select these records."""
        return max(self._uses.count(one, "rows") for one in _selections(rows))

    def _words_over(self, grown: Term) -> int:
        """How many words more it takes to ask for a program than may be, in the shortest phrasing."""
        answer = {field_of(grown): grown}
        texts = (question(answer, phrasing, self.subject.words) for phrasing in PHRASINGS)
        return min(len(text.split()) for text in texts) - MOST_WORDS


def proposals(subject: Subject, key: str, left: Left | None = None) -> Iterator[Mapping[str, Term]]:
    """The proposals of a stream, round after round, each once.

    Args:
        subject: the table.
        key: what all draws derive from; the id of the stream.
        left: told what was left out.
    """
    seen: set[Term] = set()
    uses, barren = Uses(Random(key)), 0
    for number in count():
        before = len(seen)
        for answer in Round(subject, f"{key}/{number}", left or Left(), uses).proposals():
            (final,) = answer.values()
            if final not in seen:
                seen.add(final)
                yield answer
        barren = barren + 1 if len(seen) == before else 0
        if barren == BARREN_ROUNDS:
            return


@cache
def _finals() -> tuple[str, ...]:
    """The operators that can end a program."""
    return tuple(sorted(one.name for one in grammar().values() if one.result in ASKED and one.searchable))


@cache
def _takers(kind: Kind) -> tuple[str, ...]:
    """Those that may be made of something of this kind, as an input or in the place of a column."""
    return tuple(
        name
        for name in _finals()
        if kind in grammar()[name].inputs.values() or _derives(grammar()[name], kind)
    )


def _derives(declared: type[Operator], kind: Kind) -> bool:
    return any(bound == kind and takes_derived(declared, name) for name, bound in declared.parameters.items())


def _selections(rows: Input) -> list[str]:
    """The operators that select the records of a table, or the word for all of them."""
    return [one.operator for one in chain(rows)] or [TABLE]


def _steps(node: Input) -> int:
    """How many different steps a term has."""
    return len(set(parts(node)))


def _digest(places: object) -> str:
    return xxhash.xxh3_128_hexdigest(places.tobytes())  # type: ignore[attr-defined]
