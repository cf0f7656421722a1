"""Rounds of proposals: tables by selections, then a program for each card."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random

import xxhash

from actors.language.kinds import ASKED
from actors.language.lint import MOST_WORDS
from actors.language.operator import grammar
from actors.language.render_english import PHRASINGS, phrase, question
from actors.language.search.growth import Growth, NothingFits
from actors.language.search.uses import Uses
from actors.language.search.worth import is_idle_selection
from actors.language.subject import Subject
from actors.language.term import TABLE, Input, Term, chain, field_of, parts

SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 10, 11, 12)
"""Numbers of steps that are wanted; the largest are the hardest to come by."""
CARDS = 2
"""How many sizes are drawn for an operator each round."""
TABLES = 24
"""Selections of records that a round grows, and in how many tries at most."""
TRIES, IN_VAIN = 80, 20
"""Tries at most, and after how many without any a round goes on without selections."""
MOST_WORDS_OF_ROWS = 40
"""Selections that take more to say leave no room for what is asked of them."""
TRIES_OF_A_CARD = 4
"""Tables that a program is grown on at most, until one fits."""
NEAR = 1
"""A table of so many steps more or fewer than wanted is as good as one of just so many."""
DEEP = 3
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
        finals = sorted(one.name for one in grammar().values() if one.result in ASKED and one.searchable)
        cards = [(name, size) for name in finals for size in self._rng.sample(SIZES, CARDS)]
        self._rng.shuffle(cards)
        for name, size in cards:
            grown = self._dealt(name, size, tables)
            if grown is None:
                self.left.unfit += 1
            else:
                yield {field_of(grown): grown}

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
                grown = self._growth.grow("table", rows, is_deep=is_deep)
            except NothingFits:
                continue
            places = self.subject.arithmetic.value(grown)
            if places.size < FEWEST_RECORDS or places.size == self.subject.arithmetic.value(rows).size:
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
        return found

    def _is_dense(self, rows: Input) -> bool:
        """Whether selections have many steps and few words, so that a long program may be grown on them."""
        return self._words(rows) <= WORDS_OF_A_STEP * _steps(rows)

    def _words(self, rows: Input) -> int:
        """How many words it takes to tell the selections of a table."""
        return sum(len(phrase(one, 0, self.subject.words).split()) for one in chain(rows))

    def _dealt(self, name: str, size: int, tables: Mapping[Input, int]) -> Term | None:
        """A program that ends in an operator, has about so many steps, and can be told in a few words."""
        declared = grammar()[name]
        own = 1 + sum(kind != "table" for kind in declared.inputs.values())
        ranked = self._uses.ranked(tables, "rows")
        fitting = sorted(ranked, key=lambda rows: max(NEAR, abs(tables[rows] + own - size)))
        room, tries = math.inf, 0
        for rows in fitting:
            if self._words(rows) > room:
                continue
            if tries == TRIES_OF_A_CARD:
                return None
            tries += 1
            try:
                grown = self._growth.apply(declared, rows)
            except NothingFits:
                continue
            if (over := self._words_over(grown)) > 0:
                self.left.long += 1
                room = self._words(rows) - over
                continue
            self._uses.note(rows, "rows")
            return grown
        return None

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


def _steps(node: Input) -> int:
    """How many different steps a term has."""
    return len(set(parts(node)))


def _digest(places: object) -> str:
    return xxhash.xxh3_128_hexdigest(places.tobytes())  # type: ignore[attr-defined]
