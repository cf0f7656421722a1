"""How an operator is declared: one short class body, from which everything else is derived."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any, ClassVar

from actors.language.demands import Demand
from actors.language.kinds import Kind, ParameterKind
from events.dataset import ColumnProfile
from events.question import Scalar

Frame = Any
"""A pandas DataFrame."""
Series = Any
"""A pandas Series: a column's values for some records."""
Number = Any
"""A number as pandas, NumPy or Python gives it."""
Names = Any
"""A list of column names."""
Test = tuple[Number, Number]
"""A test's statistic and its p-value."""
Columns = Sequence[ColumnProfile]
"""The profile of a table: its columns in file order."""
ENGINES = ("idiom", "arithmetic")
Literal = Scalar | tuple[Scalar, ...]
"""What stands in code for a parameter or an axis."""


class IllTyped(ValueError):
    """A program was put together from parts that do not fit; the message names the step."""


@dataclass(frozen=True)
class AxisDeclaration:
    """One choice that a reader of the text could make at an operator."""

    name: str
    options: Mapping[str, Scalar | Callable[[Columns], tuple[str, ...]]]
    """Option to the literal that both implementations take, or to what finds it from the profile; the
    first is the default."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Option to the words that state it inside the operator's phrase."""
    unsaid: str = ""
    """What stands in the words' place when none is stated."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Option to the sentence that states it in the format note."""

    @property
    def default(self) -> str:
        """The option taken when nothing is said."""
        return next(iter(self.options))

    def literal(self, option: str, columns: Columns) -> Literal:
        """What stands in code for an option, on a table with these columns."""
        value = self.options[option]
        return value(columns) if callable(value) else value


@dataclass(frozen=True)
class Way:
    """One of the ways that a decision may go, gone always."""

    name: str
    """The operator that goes it, on the same inputs and parameters, or the parameter that it leaves as is."""
    axes: Mapping[str, str] = field(default_factory=dict)
    """The options that it settles."""
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    """What it binds beside."""


class Operator:
    """An operator of the language; subclasses are the grammar.

    `idiom` is the first implementation, as a person would write it with pandas and SciPy; it is rendered,
    statement by statement, as the code of the gold trace. `arithmetic` is the second, in NumPy arithmetic; it
    serves search, the court and the traces without a hint. The two share no library routine. Both take what
    they need of inputs, parameters and axes by name, and end in one `return`. A column comes as its values
    for the records of the input `rows`: to the first as a series, to the second as `coded` describes.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    version: ClassVar[int] = 1
    inputs: ClassVar[Mapping[str, Kind]]
    parameters: ClassVar[Mapping[str, ParameterKind]] = {}
    result: ClassVar[Kind]
    axes: ClassVar[tuple[AxisDeclaration, ...]] = ()
    phrases: ClassVar[tuple[str, ...]]
    """Noun phrases (for a table: clauses about records) with a slot for each input, parameter and axis; none
    where its result is only ever asked for, and nothing is made of it."""
    asks: ClassVar[tuple[str, ...]] = ()
    """Whole questions, where the result is asked for in another way than `What is …?`."""
    plan: ClassVar[str]
    """What a person would set out to do, in the imperative, without numbers from the data."""
    variable: ClassVar[str]
    """The name its result gets in code."""
    called: ClassVar[str] = ""
    """What a derived column is called in a hint, in two or three words."""
    lifted: ClassVar[tuple[str, ...]] = ()
    """Parameters of the first input that this operator's own phrases name."""
    constants: ClassVar[Mapping[str, tuple[Scalar, ...] | Callable[[Any], tuple[Scalar, ...]]]] = {}
    """Parameters that are no columns: the values that search may give them, or what draws them from the
    first column, or the groups' numbers, that it takes, as the second implementation holds them."""
    demands: ClassVar[Mapping[str, Demand]] = {}
    """What a column or the groups' numbers must be, by name; otherwise the operator has no value."""
    adds: ClassVar[tuple[str, ...]] = ()
    """Measures whose values it adds up; of temperatures or rates there is no sum."""
    compares: ClassVar[tuple[str, ...]] = ()
    """Measures that it holds against each other, value by value; they must be in one unit."""
    explained: ClassVar[str] = ""
    """The sentence of the format note that says how its values are called or come about, if one must."""
    searchable: ClassVar[bool] = True
    """Whether search may use it; some are for templates alone, because only whole sentences say them well."""
    columns_only: ClassVar[bool] = False
    """Whether its parameters are columns of the table alone: the total of ratios, say, means nothing."""
    even: ClassVar[bool] = False
    """Whether the groups of its category are equally large by construction."""
    sizes: ClassVar[bool] = False
    """Whether it asks for the sizes of groups; of such as are equally large there is nothing to ask."""
    within: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    """Between what a figure must lie to be asked for: a p-value of 0.000, say, tells nothing."""
    outside: ClassVar[str] = "degenerate"
    """The word for a refusal of a figure that does not."""
    names_one: ClassVar[bool] = False
    """Whether its level names one record, so that search gives it such a level."""
    turns_on_missing: ClassVar[bool] = False
    """Whether the result turns on whether a value is known, so that this must be beyond doubt."""
    least_records: ClassVar[int] = 10
    """Fewer records with a value in each of its columns make no figure worth asking for."""
    least_in_group: ClassVar[int] = 4
    """The same of each group, where its records are sorted into groups."""
    most_levels: ClassVar[int] = 30
    """Of more levels a category cannot be bound to it."""
    refers: ClassVar[bool] = False
    """Whether it holds records against a statistic of the records at hand."""
    mistaken_for: ClassVar[str] = ""
    """The operator that a careless solver takes instead, of the same inputs and parameters."""
    opposite: ClassVar[str] = ""
    """The operator that takes the contrary decision, if it takes one."""
    contrast: ClassVar[str] = ""
    """What it is called beside its opposite, after whose words its own would only say the same again."""
    branches: ClassVar[Mapping[str, Way]] = {}
    """Where it goes one of two ways: the name of each to what always goes it."""
    branch: ClassVar[Callable[..., tuple[str, float]] | None] = None
    """Which way a decision goes, and by what share of the threshold the evidence lies off it; takes what
    `arithmetic` takes."""
    idiom: ClassVar[Callable[..., Any]]
    arithmetic: ClassVar[Callable[..., Any]]
    _takes: ClassVar[Mapping[str, tuple[str, ...]]]

    def __init_subclass__(cls) -> None:
        """Enter the class in the grammar under its name."""
        super().__init_subclass__()
        if "name" in vars(cls):
            if cls.name in _GRAMMAR:
                raise IllTyped(f"two operators are named {cls.name}")
            _GRAMMAR[cls.name] = cls
            given = [name for name in (*ENGINES, "branch") if getattr(cls, name)]
            cls._takes = {name: tuple(signature(getattr(cls, name)).parameters) for name in given}

    @classmethod
    def takes(cls, implementation: str) -> tuple[str, ...]:
        """What an implementation, or `branch`, needs to be given, by name."""
        return cls._takes[implementation]

    @classmethod
    def axis(cls, name: str) -> AxisDeclaration:
        """The declaration of one of its axes."""
        return next(axis for axis in cls.axes if axis.name == name)


_GRAMMAR: dict[str, type[Operator]] = {}


def operator(name: str) -> type[Operator]:
    """The operator of this name.

    Raises:
        IllTyped: there is none.
    """
    try:
        return _GRAMMAR[name]
    except KeyError as missing:
        raise IllTyped(f"there is no operator {name!r}; is it of another version of tracegate?") from missing


def grammar() -> Mapping[str, type[Operator]]:
    """Every operator by name, in order of declaration."""
    return _GRAMMAR
