"""What flows out of an expression, and what evaluating it changes on the way."""

import ast
from collections.abc import Callable, Iterable

from actors.tracing.flow import Flow, Function, Scopes, Variable
from actors.tracing.reads import names_read, parameters
from actors.tracing.syntax import changes, in_place, rebinds, root, scope_of

Call = Callable[[Function, Flow, Flow], Flow]
"""Follow a function, given what flows into its arguments and the control it is under."""


class Expressions:
    """Reads and writes the variables of some scopes; own functions are followed by `call`."""

    def __init__(self, scopes: Scopes, call: Call) -> None:
        self._scopes = scopes
        self._call = call
        self._returned: list[Flow] = [Flow()]

    def read(self, node: ast.AST, control: Flow) -> Flow:
        """What flows out of an expression or a simple statement; assignments inside it are done."""
        for part in scope_of(node):
            if isinstance(part, ast.NamedExpr):
                self.put(part.target, self.names(names_read(part.value), control) | control)
            elif (call := in_place(part)) is not None:
                self.mix(call.func, self.names(names_read(call), control) | control)
            elif isinstance(part, ast.Yield | ast.YieldFrom):
                self.returns(self.names(names_read(part), control) | control)
        return self.names(names_read(node), control)

    def names(self, names: Iterable[str], control: Flow) -> Flow:
        """What flows out of these variables together, own functions among them called with the others."""
        known = self._known(names)
        flow = Flow()
        for variable in known:
            flow |= variable.flow
        for variable in known:
            if variable.function is not None:
                flow |= self._call(variable.function, flow, control)
        return flow

    def put(self, target: ast.expr | None, flow: Flow) -> None:
        """Flow goes into a target: a name starts anew, a place inside an object adds to the object."""
        match target:
            case None:
                return
            case ast.Name(id=name):
                self._scopes.bind(name, Variable(flow))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self.put(part, flow)
            case ast.Starred(value=inner):
                self.put(inner, flow)
            case _:
                self.mix(target, flow | self.names(names_read(target), flow))

    def mix(self, place: ast.expr, flow: Flow) -> None:
        """More flows into the variable at the bottom of a place."""
        if (name := root(place)) is not None:
            self._scopes.mix(name, flow)

    def drop(self, value: ast.expr, flow: Flow) -> None:
        """A call whose value is dropped may have changed its object, or what it was given.

        That of a library has no object of its own: `heapq.heappush(x, v)` changes what it is given.
        """
        if not isinstance(value, ast.Call):
            return
        if isinstance(value.func, ast.Attribute):
            self.mix(value.func, flow)
        if (name := root(value.func)) is not None and self._changes_arguments(name):
            for argument in [*value.args, *(word.value for word in value.keywords)]:
                self.mix(argument, flow)

    def returns(self, flow: Flow) -> None:
        """The function that is followed hands this out."""
        self._returned[-1] |= flow

    def enter(self, function: Function, arguments: Flow) -> None:
        """A function is entered, everything it is given going to every parameter."""
        self._returned.append(Flow())
        self._scopes.enter({name: Variable(arguments) for name in parameters(function.args)})

    def leave(self) -> Flow:
        """The function is left; what it handed out."""
        self._scopes.leave()
        return self._returned.pop()

    def _known(self, names: Iterable[str]) -> list[Variable]:
        """The variables, and those that classes among them read; in order, so that runs are alike."""
        waiting, seen = sorted(names), set[str]()
        known: list[Variable] = []
        while waiting:
            name = waiting.pop()
            variable = None if name in seen else self._scopes.find(name)
            seen.add(name)
            if variable is not None:
                known.append(variable)
                waiting.extend(sorted(variable.free))
        return known

    def _changes_arguments(self, name: str) -> bool:
        variable = self._scopes.find(name)
        if variable is None or variable.function is None:
            return variable is not None and variable.module
        body = variable.function.body
        changed = frozenset[str]().union(*(changes(node) - rebinds(node) for node in body))
        return bool(changed & parameters(variable.function.args))
