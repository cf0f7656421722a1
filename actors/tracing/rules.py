"""The rules that make a hook grounded, one function each: None, or why the hook fails it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from actors.tracing.claims import ClaimedHook
from actors.tracing.dataflow import Dataflow
from actors.tracing.literals import Literals
from actors.tracing.pairing import Sighting, moves
from actors.tracing.rerun import same_value
from actors.tracing.seen import seen
from events.trace import HookGrade, HookRaised, Perturbation
from events.values import Value, close

Reason = Literal[
    "not_executed", "not_bound", "other_value", "not_reproduced", "opaque", "missing_edge", "constant"
]


@dataclass(frozen=True)
class Refusal:
    """The first rule that a hook fails."""

    reason: Reason
    """The rule."""
    detail: str
    """What was seen, for a person."""


@dataclass(frozen=True)
class PerturbedRun:
    """What the program and the cells gave on one perturbed table."""

    perturbation: Perturbation
    """The table."""
    program: Mapping[str, Value]
    """The program's checkpoints there."""
    hooks: tuple[HookRaised | None, ...]
    """For each hook of the trace the one raised there."""


@dataclass(frozen=True)
class Evidence:
    """Everything that the hooks of one trace are held to."""

    hooks: Sequence[ClaimedHook]
    """The hooks in order."""
    sightings: Sequence[Sighting]
    """What each held on each table."""
    program: Mapping[str, Value]
    """The program's checkpoints on the original table."""
    runs: Sequence[PerturbedRun]
    """What happened on the perturbed tables."""
    flow: Dataflow
    """How data went through the cells."""
    views: Sequence[str] = ()
    """What the solver was shown of each cell."""
    shaken: Set[int] = frozenset()
    """The hooks that no perturbed table moves, and some table that is unlike the original does."""
    literals: Sequence[Literals] = ()
    """What stands in the code of each cell."""


def executed(hook: ClaimedHook, ran: Set[str]) -> Refusal | None:
    """Each claimed statement ran without error, whole, up to the hook's cell (sources in `ran`)."""
    if hook.unreadable is not None:
        return Refusal("not_executed", f"the code line is no statement: {hook.unreadable}")
    missing = next((one.source for one in hook.statements if one.source not in ran), None)
    if missing is None:
        return None
    return Refusal("not_executed", f"no statement that ran equals {_cut(missing)}")


def bound(hook: ClaimedHook, *, changed: bool) -> Refusal | None:
    """Some claimed statement binds or changes the hook's name: by its syntax, or because that was seen."""
    if changed or (hook.binding and not hook.uncertain):
        return None
    return Refusal("not_bound", f"the code line neither binds nor changes `{hook.hook.name}`")


def held(hook: ClaimedHook, again: HookRaised | None, *, exact: bool) -> Refusal | None:
    """In the re-run the name held the hook's value after its statement, and the trace's value at that."""
    name = hook.hook.name
    if again is None:
        return Refusal("not_reproduced", "the re-run did not raise it again")
    if again.held is None:
        return Refusal("other_value", f"after its statement, before the hook, no global `{name}` was seen")
    if again.held.digest != again.value.digest:
        return Refusal("other_value", f"`{name}` held {_say(again.held)}, the hook says {_say(again.value)}")
    if not same_value(hook.hook.value, again.value, exact=exact):
        return Refusal(
            "not_reproduced", f"the trace has {_say(hook.hook.value)}, the re-run {_say(again.value)}"
        )
    return None


def readable(hook: ClaimedHook) -> Refusal | None:
    """The value is of a kind that can be compared."""
    if hook.hook.value.kind != "object":
        return None
    return Refusal("opaque", "the value is an object whose content has no digest")


def connected(
    place: int, evidence: Evidence, grades: Sequence[HookGrade]
) -> tuple[tuple[str, ...], Refusal | None]:
    """Each dependency is an earlier grounded hook that leads to this one; the edges that were found."""
    hooks = evidence.hooks
    edges: list[str] = []
    refusal: Refusal | None = None
    for name in dict.fromkeys(hooks[place].hook.depends_on):
        source = next((one for one in reversed(range(place)) if hooks[one].hook.name == name), None)
        if source is None:
            refusal = refusal or Refusal("missing_edge", f"no earlier hook is named `{name}`")
        elif not grades[source].grounded:
            refusal = refusal or Refusal("missing_edge", f"hook `{name}` is not grounded")
        elif (edge := _edge(place, source, evidence)) is None:
            why = f"nothing flows from `{name}` into it, and no earlier turn showed its value"
            refusal = refusal or Refusal("missing_edge", why)
        else:
            edges.append(f"{edge}:{name}")
    return tuple(edges), refusal


def _edge(place: int, source: int, evidence: Evidence) -> str | None:
    """Through the code that ran, or through the solver, who saw the value before writing the cell."""
    if (found := evidence.flow.edge(place, source)) is not None:
        return found
    value, shown = evidence.hooks[source].hook.value, evidence.views[: evidence.hooks[place].cell]
    return "observed" if any(seen(value, view) for view in shown) else None


def computed(place: int, evidence: Evidence, checkpoint: str | None) -> Refusal | None:
    """The value follows the program where that moves; some table moves it, or else it came from the table."""
    for run in evidence.runs:
        refusal = _raised_there(run, place, checkpoint) or _followed(run, place, checkpoint, evidence)
        if refusal is not None:
            return refusal
    if place in evidence.shaken or not _still(evidence.sightings[place]):
        return None  # it moves with the table: nothing shows better that it is computed from it
    if (why := _unconnected(place, evidence)) is None:
        return None
    return Refusal("constant", f"no table that was tried moves it, and {why}")


def doubtful(place: int, evidence: Evidence) -> bool:
    """Whether only a table unlike the original can still show that the value is computed."""
    still = not evidence.hooks[place].reads_nothing and _still(evidence.sightings[place])
    return still and _unconnected(place, evidence) is not None


def _still(sighting: Sighting) -> bool:
    """Whether no perturbed table moves the value."""
    first, *others = sighting.values
    return not any(first is not None and value is not None and not close(value, first) for value in others)


def shaken(first: HookRaised | None, there: HookRaised | None) -> bool:
    """Whether the name holds what the hook says on another table, and that is another value."""
    if first is None or there is None or there.held is None:
        return False
    return there.held.digest == there.value.digest and not close(there.value, first.value)


def _unconnected(place: int, evidence: Evidence) -> str | None:
    """Why nothing in the code makes it likely that the table has a say in the value; None when it does."""
    hook = evidence.hooks[place]
    if hook.reads_nothing:
        return "its statement reads nothing"
    if not evidence.flow.reaches_table(place):
        return "nothing flows from the table into it"
    if any(literals.holds(hook.hook.value) for literals in evidence.literals[: hook.cell + 1]):
        return "it stands in the code"
    return None


def _raised_there(run: PerturbedRun, place: int, checkpoint: str | None) -> Refusal | None:
    """The cells raise the hook where the program has values, and its name holds what it says."""
    there, where = run.hooks[place], _where(run)
    if there is not None:
        if there.held is not None and there.held.digest == there.value.digest:
            return None
        return Refusal("other_value", f"{where} the name does not hold what the hook says")
    if not (checkpoint in run.program if checkpoint else run.program):
        return None
    return Refusal("not_reproduced", f"{where} the cells do not raise it, though the program has values")


def _followed(run: PerturbedRun, place: int, checkpoint: str | None, evidence: Evidence) -> Refusal | None:
    """Where the checkpoint moves, the hook is what the program says."""
    there, first = run.hooks[place], evidence.sightings[place].values[0]
    if checkpoint is None or there is None or not moves(checkpoint, evidence.program, run.program):
        return None
    expected = run.program[checkpoint]
    if close(there.value, expected):
        return None
    seen = f"{_where(run)} it is {_say(there.value)}, the program's `{checkpoint}` {_say(expected)}"
    if first is not None and close(there.value, first):
        return Refusal("constant", f"{seen}: it stays what it was")
    return Refusal("other_value", seen)


def _where(run: PerturbedRun) -> str:
    return f"on the table {run.perturbation.kind} {run.perturbation.seed}"


def _say(value: Value) -> str:
    """A value in a few words."""
    if value.kind == "number":
        return str(value.shown[1])
    if value.kind in ("missing", "flag", "text"):
        return _cut(repr(value.shown))
    return f"a {value.kind} of {value.size} ({value.digest[:8]})"


def _cut(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."
