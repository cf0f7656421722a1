"""The numbers and texts that stand in code as they are, in a default or a key as well as in an assignment."""

import ast
from dataclasses import dataclass
from functools import lru_cache

from actors.tracing.seen import parts
from actors.tracing.syntax import statements
from events.values import Value, value_of


@dataclass(frozen=True)
class Literals:
    """What is written in one cell."""

    numbers: frozenset[str]
    """In canonical form, with either sign."""
    texts: frozenset[str]
    """Whole, as they are written."""

    def holds(self, value: Value) -> bool:
        """Whether each single value that it is made of is one of the numbers, or part of one of the texts.

        A flag is never written down: it may be what a comparison gave.
        """
        found = parts(value)
        return bool(found) and all(self._holds(part) for part in found)

    def _holds(self, part: object) -> bool:
        match part:
            case ["number", str(number)]:
                return number in self.numbers
            case str(text):
                return any(text in written for written in self.texts)
        return False


@lru_cache(maxsize=512)
def literals(code: str) -> Literals:
    """The literals of a cell that parses; those inside an f-string are among them."""
    written = [
        part.value
        for statement in statements(code)
        if not statement.nested
        for part in ast.walk(statement.node)
        if isinstance(part, ast.Constant)
    ]
    numbers = [one for one in written if isinstance(one, int | float) and not isinstance(one, bool)]
    return Literals(
        frozenset(str(value_of(sign).shown[1]) for one in numbers for sign in (one, -one)),
        frozenset(one for one in written if isinstance(one, str)),
    )
