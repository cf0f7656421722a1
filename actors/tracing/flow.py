"""What has flowed into a variable, and the scopes that hold variables while code is followed."""

import ast
from dataclasses import dataclass, replace

Function = ast.FunctionDef | ast.AsyncFunctionDef
TABLE = -1
"""The label of the table `df`; labels from 0 up are hooks."""


@dataclass(frozen=True)
class Flow:
    """Labels that a value depends on."""

    data: frozenset[int] = frozenset()
    """Read on the way to it."""
    control: frozenset[int] = frozenset()
    """Read by the tests of branches and loops on the way to it."""

    def __or__(self, other: "Flow") -> "Flow":
        return Flow(self.data | other.data, self.control | other.control)

    def as_control(self) -> "Flow":
        """What a branch hands to everything inside it."""
        return Flow(control=self.data | self.control)


@dataclass(frozen=True)
class Variable:
    """What a name stands for, as far as flow is concerned."""

    flow: Flow = Flow()
    """What has flowed into it."""
    function: Function | None = None
    """The function it is, if the cells define it."""
    free: frozenset[str] = frozenset()
    """Names that a class reads whenever it is used."""
    module: bool = False
    """Whether it is imported; no call on it changes it."""

    def __or__(self, other: "Variable") -> "Variable":
        return Variable(
            flow=self.flow | other.flow,
            function=self.function or other.function,
            free=self.free | other.free,
            module=self.module or other.module,
        )


class Scopes:
    """The global scope and, while a call is followed, those of the functions; found as Python does."""

    def __init__(self) -> None:
        self._scopes: list[dict[str, Variable]] = [{"df": Variable(Flow(frozenset({TABLE})))}]
        self._outer: list[set[str]] = [set()]

    @property
    def inside_function(self) -> bool:
        """Whether a call is being followed."""
        return len(self._scopes) > 1

    def find(self, name: str) -> Variable | None:
        """What the name stands for here; None when nothing of ours."""
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), None)

    def bind(self, name: str, variable: Variable) -> None:
        """The name stands for something new."""
        self._home(name, declared=name in self._outer[-1])[name] = variable

    def mix(self, name: str, flow: Flow) -> None:
        """More has flowed into what the name stands for; unknown names and modules stay as they are."""
        known = self.find(name)
        if known is not None and not known.module:
            self._home(name, declared=True)[name] = replace(known, flow=known.flow | flow)

    def unbind(self, name: str) -> None:
        """The name stands for nothing any more."""
        self._home(name, declared=name in self._outer[-1]).pop(name, None)

    def enter(self, variables: dict[str, Variable]) -> None:
        """A function is entered with these parameters."""
        self._scopes.append(variables)
        self._outer.append(set())

    def leave(self) -> None:
        """The function is left."""
        self._scopes.pop()
        self._outer.pop()

    def declare_outer(self, names: list[str]) -> None:
        """`global` or `nonlocal`: these names are bound outside the function."""
        self._outer[-1].update(names)

    def snapshot(self) -> list[dict[str, Variable]]:
        """What all names stand for now."""
        return [dict(scope) for scope in self._scopes]

    def restore(self, *states: list[dict[str, Variable]]) -> None:
        """All names stand for what they stood for in any of these states."""
        self._scopes = [_joined(scopes) for scopes in zip(*states, strict=True)]

    def _home(self, name: str, *, declared: bool) -> dict[str, Variable]:
        if not declared:
            return self._scopes[-1]
        return next((scope for scope in reversed(self._scopes) if name in scope), self._scopes[0])


def _joined(scopes: tuple[dict[str, Variable], ...]) -> dict[str, Variable]:
    joined: dict[str, Variable] = {}
    for scope in scopes:
        for name, variable in scope.items():
            joined[name] = joined[name] | variable if name in joined else variable
    return joined
