"""Whether every step matters: a step whose removal or contrary leaves the answer as it was is dead."""

from collections.abc import Iterable, Iterator

from actors.language.kinds import DERIVED
from actors.language.operator import Way, operator
from actors.language.program import Undefined
from actors.language.settle import solved
from actors.language.subject import Subject
from actors.language.term import Input, Term, Terms, term
from events.answers import Answer, AnswerContract, agree


def dead_step(terms: Terms, gold: Answer, contract: AnswerContract, subject: Subject) -> str | None:
    """The operator of a step that does not matter; None when all do.

    A selection or cleaning is left out; a decision is taken the other way, and what depends on the data goes
    the way not gone; a derived column gives way to the one that it is made from. The answer then has to
    change beyond the contract's tolerance, or to vanish.
    """
    for target, other in ablations(terms.values(), subject):
        try:
            answer = solved({field: exchange(node, target, other) for field, node in terms.items()}, subject)
        except Undefined:
            continue
        if agree(contract, answer, gold):
            return target.operator
    return None


def ablations(nodes: Iterable[Term], subject: Subject) -> Iterator[tuple[Term, Input]]:
    """Each step that can be left out or turned round, with what stands in its place."""
    seen: set[Term] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop(0)
        if node in seen:
            continue
        seen.add(node)
        if node.kind == "table":
            yield node, node.rows()
        if contrary := node.contrary():
            yield node, contrary
        elif node.declared.branches:
            yield from ((node, other) for other in ways_not_gone(node, subject))
        elif node.kind in DERIVED and (plain := undone(node)) is not None:
            yield node, plain
        pending.extend(node.children())


def undone(node: Term) -> Input | None:
    """The column of the same kind that a derived one is made from, if there is one: a rank's measure, say."""
    own = dict(node.parameters)
    same = [name for name, kind in node.declared.parameters.items() if kind == node.kind]
    made_from = own[same[0]] if same else None
    return made_from if isinstance(made_from, Term | str) else None


def ways_not_gone(node: Term, subject: Subject) -> Iterator[Input]:
    """What stands where a decision does, had it gone otherwise."""
    decided = subject.arithmetic.decided(node)
    for name, way in node.declared.branches.items():
        if decided and name != decided[0]:
            yield always(node, way)


def always(node: Term, way: Way) -> Input:
    """The term, or column, that goes one way of a decision whatever the data are like."""
    own = dict(node.parameters)
    if way.name in own:
        left = own[way.name]
        return left if isinstance(left, Term) else str(left)
    other = operator(way.name)
    names = {axis.name for axis in other.axes}
    axes = {name: option for name, option in node.axes if name in names} | dict(way.axes)
    bound = {name: value for name, value in own.items() if name in other.parameters} | dict(way.parameters)
    return term(way.name, *node.inputs, **bound).with_axes(axes)


def exchange(node: Term, target: Term, other: Input) -> Term:
    """The term with `target` exchanged for `other`, wherever it stands below; the top itself too."""
    if node == target and isinstance(other, Term):
        return other

    def exchanged(child: Input) -> Input:
        if not isinstance(child, Term):
            return child
        return other if child == target else exchange(child, target, other)

    return node.rebuilt(exchanged)
