"""Contracts of every kind, and answers of the right form under them, made at random."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from hypothesis import strategies as st

from events.answer_contract import CellKind
from events.answer_labels import rank
from events.answers import AnswerContract, AnswerField, Column, Form, contract_problem

NUMBERS = st.floats(-1e9, 1e9) | st.integers(-(10**6), 10**6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["a", "A", "02", "2", "2.0", "é", "e\u0301", "a, b", "x; y", "[1]", 'say "no"', "it's", "", " ", "none"]
)
DATES = st.dates().map(str)
CELLS: dict[CellKind, st.SearchStrategy[Any]] = {
    "number": NUMBERS,
    "integer": st.integers(-(10**20), 10**20),
    "label": TEXTS | st.integers(-99, 99),
    "flag": st.booleans(),
    "date": DATES,
}
KINDS = st.sampled_from(sorted(CELLS))
ENDS: tuple[Literal["number", "integer", "date"], ...] = ("number", "integer", "date")
DECIMALS = st.none() | st.integers(0, 4)
SLACK = st.sampled_from([0.0, 0.0, 0.01, 2.0])


@dataclass(frozen=True)
class Case:
    """A contract, and answers of the right form under it."""

    contract: AnswerContract
    answers: Sequence[dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn, count: int = 1) -> Case:
    """A contract of one to three fields, and so many answers."""
    fields = [draw(field(f"f{at}")) for at in range(draw(st.integers(1, 3)))]
    contract = AnswerContract(tuple(one for one, _ in fields))
    assert contract_problem(contract) is None
    return Case(contract, [{one.name: draw(value) for one, value in fields} for _ in range(count)])


@st.composite
def field(draw: st.DrawFn, name: str) -> tuple[AnswerField, st.SearchStrategy[Any]]:
    """A field, and values of the right form for it."""
    shape = draw(st.sampled_from(["cell", "cell", "labels", "interval", "table"]))
    if shape == "cell":
        kind = draw(KINDS)
        more, nothing = draw(_forms(kind)), st.just("there is none")
        values = CELLS[kind] | nothing if more and more.nothing else CELLS[kind]
        return AnswerField(name, kind, more=more, **draw(_precision(kind))), values
    if shape == "labels":
        ordered = draw(st.booleans())
        return AnswerField(name, "labels", ordered=ordered), _distinct(TEXTS)
    if shape == "interval":
        ends = draw(st.sampled_from(ENDS))
        precise = draw(_precision("number")) if ends == "number" else {}
        two = st.lists(CELLS[ends], min_size=2, max_size=2).map(sorted)
        more = msgspec.UNSET if ends == "number" else Form(ends=ends)
        return AnswerField(name, "interval", more=more, **precise), two
    return draw(_table(name))


@st.composite
def _table(draw: st.DrawFn, name: str) -> tuple[AnswerField, st.SearchStrategy[Any]]:
    kinds = draw(st.lists(KINDS, max_size=2))
    key = Column(name="key", kind="label")
    others = [Column(name=f"c{at}", kind=kind, **draw(_precision(kind))) for at, kind in enumerate(kinds)]
    columns = tuple(draw(st.permutations([key, *others])))
    row = st.fixed_dictionaries({one.name: CELLS[one.kind] for one in columns})
    values = st.lists(row, max_size=4, unique_by=lambda held: _told(held["key"]))
    ordered = draw(st.booleans())
    return AnswerField(name, "table", ordered=ordered, more=Form(columns=columns, keys=("key",))), values


def _precision(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    if kind == "number":
        return st.fixed_dictionaries({"decimals": DECIMALS, "absolute": SLACK, "relative": SLACK})
    return st.fixed_dictionaries({"absolute": SLACK} if kind == "integer" else {})


def _forms(kind: str) -> st.SearchStrategy[Any]:
    declared = Form(any_case=True) if kind == "label" else Form(nothing="there is none")
    return st.sampled_from([msgspec.UNSET, declared])


def _distinct(labels: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(labels, max_size=4, unique_by=_told)


def _told(label: Any) -> str:
    """What tells labels apart, more coarsely than any contract does."""
    is_text, number, text = rank(label, any_case=True)
    return text if is_text else f"{number.normalize():f}"
