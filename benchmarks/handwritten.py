"""The hand-written ambiguous questions and their settled twins, put to what the court goes by."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors.language.contract import NotAskable
from actors.language.paths import Paths, paths
from actors.language.program import Undefined
from actors.language.readings import readings
from actors.language.settle import Ambiguous, answer_of, settle
from actors.language.subject import Subject
from benchmarks.ambiguous import column_choice, implicit_parameter, method, target
from benchmarks.ambiguous.posed import Posed
from events.answers import AnswerContract, AnswerField, agree

FOLDER = Path(__file__).parent / "ambiguous"
CLASSES: Mapping[str, Mapping[str, Posed]] = {
    "column_choice": column_choice.POSED,
    "target": target.POSED,
    "implicit_parameter": implicit_parameter.POSED,
    "method": method.POSED,
}
MOST_DECIMALS = 6
ASKED = "value"
"""The one field of every case."""


@dataclass(frozen=True)
class Outcome:
    """What came of one case."""

    case: str
    caught: bool
    """Whether its readings were found, and found to differ."""
    complete: bool
    """Whether every reading of those who wrote it was among ours."""
    refused: bool
    """Whether the settled twin was found ambiguous all the same, or not answered as its author did."""
    readings: int
    """How many readings were run."""
    means: str = ""
    """What enumerates its readings: one of `MEANS`."""
    explained: str = ""
    """Why it is a miss, or what is known of it."""
    run: bool = True
    """False where its table was not at hand."""


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a class, as they were written."""
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def outcome(case: Mapping[str, Any], posed: Posed, subject: Subject | None) -> Outcome:
    """What the enumeration of readings makes of a case; a table that is not at hand is None."""
    if subject is None:
        return Outcome(case["id"], False, False, False, 0, "", f"{case['table']} is not at hand", run=False)
    if posed.open is None or posed.settled is None:
        return Outcome(case["id"], False, False, False, 0, "", posed.miss)
    tried = paths({ASKED: posed.open}, subject, any_order=posed.any_order)
    found = [posed.asked(answer) for answer in _answers(tried, subject)]
    wanted = [reading["answer"] for reading in case["readings"]]
    there = [_in(one, found) for one in wanted]
    met = [one for one, is_there in zip(wanted, there, strict=True) if is_there]
    caught = there[case["reading"]] and any(not same(one, met[0]) for one in met)
    refused = _refused(posed, wanted[case["reading"]], subject)
    told = refused or _told(posed, wanted, there)
    return Outcome(case["id"], caught, all(there), refused != "", len(found), posed.means, told)


def same(answer: Any, written: Any) -> bool:
    """Whether an answer of ours is the one that was written down, to the decimals that were written."""
    if isinstance(written, str):
        return str(answer) == written or str(answer).removesuffix(".0") == written
    if isinstance(answer, str):
        return False
    decimals = 0 if isinstance(written, int) else min(MOST_DECIMALS, len(repr(written).partition(".")[2]))
    field = AnswerField(name="value", kind="number", decimals=decimals)
    contract = AnswerContract(fields=(field,))
    return agree(contract, {"value": round(float(answer), decimals)}, {"value": float(written)}) and (
        abs(round(float(answer), decimals) - written) <= 10.0**-decimals / 2 + 1e-9 * abs(written)
    )


def _in(written: Any, found: Sequence[Any]) -> bool:
    return any(same(answer, written) for answer in found)


def _answers(tried: Paths, subject: Subject) -> list[Any]:
    """The answer of every reading of every path."""
    found: list[Any] = []
    for path in tried.tried:
        for record in readings(path.record) if path.answer is not None else ():
            try:
                found += answer_of(record, subject).values()
            except Undefined:
                continue
    return found


def _refused(posed: Posed, wanted: Any, subject: Subject) -> str:
    """Why the settled twin does not pass as its author answers it; empty where it does."""
    assert posed.settled is not None
    try:
        settled = settle({ASKED: posed.settled}, subject, lambda _, options: options[0])
    except (Ambiguous, Undefined, NotAskable) as problem:
        return f"its twin is refused: {problem}"
    if settled.clusters > 1:
        return f"its twin still has {settled.clusters} answers"
    (answer,) = settled.answer.values()
    return "" if same(posed.asked(answer), wanted) else f"its twin has the answer {posed.asked(answer)}"


def _told(posed: Posed, wanted: Sequence[Any], there: Sequence[bool]) -> str:
    lacking = [f"{answer}" for answer, found in zip(wanted, there, strict=True) if not found]
    return posed.miss or (f"not among our readings: {', '.join(lacking)}" if lacking else "")
