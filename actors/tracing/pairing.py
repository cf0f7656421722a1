"""Which hook stands for which checkpoint of the question's program: equal in kind and value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.values import Value, close


@dataclass(frozen=True)
class Sighting:
    """What a hook held on each table."""

    name: str
    """The hook's name."""
    values: tuple[Value | None, ...]
    """Its value on the original table, then on each perturbed one; None where it was not raised."""


Tables = Sequence[Mapping[str, Value]]
"""The program's checkpoints by name, on the original table and then on each perturbed one."""


def pair(hooks: Sequence[Sighting], tables: Tables) -> tuple[str | None, ...]:
    """The checkpoint of each hook, each checkpoint at most once.

    Hooks that follow the program on every table choose first, then those that equal it on the original
    one alone (so that a copied number can be told from a computed one); within both the same name goes
    before another, and then the order of the hooks and of the checkpoints decides.
    """
    pairs: dict[int, str] = {}
    for everywhere in (True, False):
        for same_name in (True, False):
            for place, hook in enumerate(hooks):
                if place not in pairs:
                    names = [hook.name] if same_name else list(tables[0])
                    free = (name for name in names if name not in pairs.values())
                    found = next((name for name in free if _fits(hook, name, tables, everywhere)), None)
                    if found is not None:
                        pairs[place] = found
    return tuple(pairs.get(place) for place in range(len(hooks)))


def moves(name: str, original: Mapping[str, Value], perturbed: Mapping[str, Value]) -> bool:
    """Whether a checkpoint has another value on a perturbed table than on the original one."""
    return name in perturbed and not close(original[name], perturbed[name])


def _fits(hook: Sighting, name: str, tables: Tables, everywhere: bool) -> bool:
    """Equal on the original table; on perturbed ones too, or at least where the program stands still."""
    if not _equal(hook.values[0], tables[0].get(name)):
        return False
    return all(
        _equal(value, table[name])
        for value, table in zip(hook.values[1:], tables[1:], strict=True)
        if name in table and (everywhere or (value is not None and not moves(name, tables[0], table)))
    )


def _equal(left: Value | None, right: Value | None) -> bool:
    return left is not None and right is not None and close(left, right)
