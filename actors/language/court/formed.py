"""First: whether the program is one that a person would ask for at all, judged by its form."""

from actors.language.court.case import Case
from actors.language.kinds import COLUMN_KINDS
from actors.language.program import declaration
from actors.language.soundness import Refusal
from actors.language.term import over_all_records


def repeats_itself(case: Case) -> Refusal | None:
    """The same selection twice reads as a slip of the pen."""
    selections = [
        over_all_records(node)
        for node in case.program.terms.values()
        if node.kind == "table" and len(node.inputs) == 1
    ]
    again = next((one for one in selections if selections.count(one) > 1), None)
    return Refusal("repeated", f"{again.operator} is applied twice in the same way") if again else None


def turns_on_placeholder(case: Case) -> Refusal | None:
    """Whether a value is known must be beyond doubt where the question turns on it."""
    for step in case.program.steps:
        declared, doubtful = declaration(step), case.subject.placeholders
        if not declared.turns_on_missing:
            continue
        if COLUMN_KINDS & set(declared.parameters.values()):
            doubtful = doubtful & set(step.parameters.values())
        if doubtful:
            return Refusal("placeholder", f"{min(map(str, doubtful))} holds values that may mean 'no value'")
    return None
