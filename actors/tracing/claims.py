"""The hooks of a trace as claims: which statements are said to have made which name what it is."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actors.ports import Watch
from actors.tracing.dataflow import Claim
from actors.tracing.reads import names_read
from actors.tracing.syntax import Statement, UnreadableCodeError, changes, claimed, scope_of
from events.trace import CellResult, HookRaised

Key = tuple[int, str, str, int]
"""Cell, name, code line, and which of the hooks alike in these: what finds a hook again in a re-run."""

_ASSIGNING = ast.Assign | ast.AnnAssign | ast.AugAssign


@dataclass(frozen=True)
class ClaimedHook:
    """A hook and what its `code_line` says, read as syntax."""

    key: Key
    """What finds it again."""
    hook: HookRaised
    """The hook as the trace has it."""
    statements: tuple[Statement, ...]
    """The statements of its code line; none when that is unreadable."""
    unreadable: str | None = None
    """Why the code line is no code."""

    @property
    def cell(self) -> int:
        """The cell that raised it."""
        return self.key[0]

    @property
    def binding(self) -> tuple[Statement, ...]:
        """Those of its statements that bind or change its name; where none is known to, those that may."""
        return self._known or tuple(one for one in self.statements if _may_change(one.node, self.hook.name))

    @property
    def uncertain(self) -> bool:
        """Whether only running its statements tells that they change its name."""
        return not self._known and bool(self.binding)

    @property
    def _known(self) -> tuple[Statement, ...]:
        return tuple(one for one in self.statements if self.hook.name in changes(one.node))

    @property
    def claim(self) -> Claim:
        """What it claims, for the data flow."""
        return Claim(self.cell, self.hook.name, frozenset(one.source for one in self.binding))

    @property
    def reads_nothing(self) -> bool:
        """Whether its statements bind a literal: no variable is read in them."""
        return not any(names_read(one.node) for one in self.binding)


def keyed(results: Sequence[CellResult]) -> Iterator[tuple[Key, HookRaised]]:
    """Every hook in the order in which it was raised, with its key."""
    for result in results:
        alike: Counter[tuple[str, str]] = Counter()
        for hook in result.hooks:
            place = alike[hook.name, hook.code_line]
            alike[hook.name, hook.code_line] += 1
            yield (result.number, hook.name, hook.code_line, place), hook


def claims_of(results: Sequence[CellResult]) -> tuple[ClaimedHook, ...]:
    """The hooks of a trace, in order, with their claims."""
    return tuple(_claimed(key, hook) for key, hook in keyed(results))


def watches_for(hooks: Sequence[ClaimedHook]) -> tuple[Watch, ...]:
    """What a re-run is to remember: each name after each statement that is said to have made it."""
    claims = (hook.claim for hook in hooks)
    pairs = {(source, claim.name): None for claim in claims for source in sorted(claim.sources)}
    return tuple(Watch(statement=source, name=name) for source, name in pairs)


def _may_change(node: ast.stmt, name: str) -> bool:
    """Whether a call in it may change what the name stands for; an assignment to another name makes that."""
    calls = any(isinstance(part, ast.Call) and name in names_read(part) for part in scope_of(node))
    return calls and not isinstance(node, _ASSIGNING)


def _claimed(key: Key, hook: HookRaised) -> ClaimedHook:
    try:
        return ClaimedHook(key, hook, claimed(hook.code_line))
    except UnreadableCodeError as error:
        return ClaimedHook(key, hook, (), unreadable=str(error))
