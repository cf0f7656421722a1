"""What is wanted of the questions of a home, each beside what was found."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from actors.generation.balance import MOST_OF_A_LABEL, MOST_OF_A_NUMBER, answered
from actors.generation.floors import class_of, offered
from actors.generation.sorting import acts_on_decision, called, columns_in, decisions, possible, ways_gone
from actors.language.operator import grammar
from actors.language.templates.template import categories, measures
from events.question import Question
from store.projections.coverage import Coverage

LEAST_TEMPLATES = 30
MOST_OF_A_FAMILY = 0.2
LONG = ((6, 0.25), (9, 0.05))
"""Numbers of steps, each with the share of programs that have so many or more."""
LEAST_OF_A_WAY = 0.1
LEAST_OF_A_FLAG = 0.4
FEWEST_TO_JUDGE = 10
"""Of fewer flags or decisions no share can be told: of one flag all are true, or none is."""


@dataclass(frozen=True)
class Promise:
    """One thing that is wanted."""

    what: str
    """Of what."""
    found: float
    """How much there is."""
    bound: float
    """How much is wanted."""
    is_least: bool = True
    """Whether it should be at least so much; else at most."""
    unit: str = ""
    """Nothing for a number of things, else what stands behind the figure."""
    detail: str = ""
    """What the figure is of, or why nothing is wanted."""

    @property
    def is_met(self) -> bool:
        """Whether it is kept."""
        return self.found >= self.bound if self.is_least else self.found <= self.bound

    def to_dict(self) -> dict[str, Any]:
        """The promise as plain JSON values."""
        return {
            "what": self.what,
            "found": self.found,
            "wanted": f"at {'least' if self.is_least else 'most'} {_figure(self.bound, self.unit)}",
            "shown": _figure(self.found, self.unit),
            "met": self.is_met,
            "detail": self.detail,
        }


def promises(coverage: Coverage) -> list[Promise]:
    """Every promise about the questions that were counted."""
    asked = list(coverage.accepted.values())
    searched = [one for one in asked if one.source == "procedural"]
    return [
        *_floors(coverage, searched),
        *_reach(coverage, asked),
        *_shape(searched),
        *_ways(asked),
        *_balance(coverage, asked),
    ]


def _floors(coverage: Coverage, searched: list[Question]) -> Iterator[Promise]:
    """What each table that was worked on owes by its class."""
    counts = Counter(one.dataset for one in searched)
    chains = Counter(one.dataset for one in searched if acts_on_decision(one))
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for one in searched:
        columns[one.dataset] |= columns_in(one)
    wanted = (dataset for dataset, source in coverage.streams.values() if source == "procedural")
    for dataset in dict.fromkeys(wanted):
        table = coverage.datasets[dataset]
        owed = class_of(table.rows, table.columns)
        detail = f"{owed.name}; {owed.lacks}" if owed.lacks else owed.name
        yield Promise(f"procedural questions of {called(table)}", counts[dataset], owed.floor, detail=detail)
        serving = {*measures(table.columns), *categories(table.columns)}
        used = len(serving & columns[dataset])
        wanted_columns = owed.columns(offered(table.rows, table.columns))
        yield Promise(
            f"columns of {called(table)} in a question", used, wanted_columns, detail=f"of {len(serving)}"
        )
        if owed.decides:
            yield Promise(f"acting on a decision, of {called(table)}", chains[dataset], 1, detail=owed.name)


def _reach(coverage: Coverage, asked: Iterable[Question]) -> Iterator[Promise]:
    fired = coverage.tallies.get("template", {})
    yield Promise("templates with a question", len(fired), LEAST_TEMPLATES)
    uses = Counter(step.operator for one in asked for step in one.recipe.program.steps)
    used = [name for name in possible()["operator"] if uses[name]]
    yield Promise("operators in a question", len(used), len(possible()["operator"]))
    families: Counter[str] = Counter()
    for name in used:
        families[grammar()[name].family] += uses[name]
    largest, most = _most(families)
    share = _share(most, families.total())
    yield Promise("the largest family's share of uses", share, MOST_OF_A_FAMILY, False, "%", largest)


def _shape(searched: list[Question]) -> Iterator[Promise]:
    for steps, wanted in LONG:
        long = sum(one.difficulty.steps >= steps for one in searched)
        told = f"{long} of {len(searched)}"
        share = _share(long, len(searched))
        yield Promise(f"procedural questions of {steps} steps or more", share, wanted, unit="%", detail=told)


def _ways(asked: Iterable[Question]) -> Iterator[Promise]:
    """Each decision by the way that it went least often; what was decided a few times may have gone one."""
    gone = Counter(way for one in asked for way in ways_gone(one))
    for name, ways in decisions().items():
        uses = {way: gone[f"{name}: {way}"] for way in ways}
        total, rarest = sum(uses.values()), min(uses, key=lambda way: uses[way])
        detail = ", ".join(f"{way} {count}" for way, count in uses.items())
        yield Promise(
            f"{name}: the rarer way", _share(uses[rarest], total), LEAST_OF_A_WAY, unit="%", detail=detail
        )


def _balance(coverage: Coverage, asked: Iterable[Question]) -> Iterator[Promise]:
    numbers: dict[str, Counter[Hashable]] = {}
    flags: dict[Hashable, Counter[Hashable]] = {}
    labels: dict[Hashable, Counter[Hashable]] = {}
    likely: defaultdict[Hashable, float] = defaultdict(float)
    for question in asked:
        for kind, about, value, choices in answered(question):
            if kind == "number":
                numbers.setdefault(question.dataset, Counter())[value] += 1
            elif kind == "flag":
                flags.setdefault(about, Counter())[value] += 1
            elif kind == "label":
                place = (question.dataset, question.source, about)  # each stream is even by itself
                labels.setdefault(place, Counter())[value] += 1
                likely[place] += 1 / max(choices, 1)
    for dataset, counts in numbers.items():
        yield _commonest(called(coverage.datasets[dataset]), counts)
    yield from _flags(flags, len(coverage.streams))
    yield _likeliest(coverage, labels, likely)


def _commonest(dataset: str, counts: Counter[Hashable]) -> Promise:
    """A number that stands once is no more than it may be, however few there are."""
    number, most = _most(counts)
    bound = max(MOST_OF_A_NUMBER, _share(1, counts.total()))
    told = f"{number}, {most} of {counts.total()}"
    share = _share(most, counts.total())
    return Promise(f"the most frequent number of {dataset}", share, bound, False, "%", told)


def _flags(flags: dict[Hashable, Counter[Hashable]], streams: int) -> Iterator[Promise]:
    """Of a few flags no share can be told; of each stream one may be ahead where their number is odd."""
    judged = {about: found for about, found in flags.items() if found.total() >= FEWEST_TO_JUDGE}
    for about, found in sorted(judged.items(), key=repr):
        told = f"{found[True]} yes, {found[False]} no"
        kind = about[0] if isinstance(about, tuple) else about
        share = _share(min(found[True], found[False]), found.total())
        yield Promise(f"{kind}: the rarer of yes and no", share, LEAST_OF_A_FLAG, unit="%", detail=told)
    few = len(flags) - len(judged)
    if few:
        lead = max(abs(one[True] - one[False]) for about, one in flags.items() if about not in judged)
        told = f"of {few} kinds of fewer than {FEWEST_TO_JUDGE}"
        yield Promise("the lead of yes or no", lead, streams, False, detail=told)


def _likeliest(
    coverage: Coverage, labels: dict[Hashable, Counter[Hashable]], likely: Mapping[Hashable, float]
) -> Promise:
    """The label that stands most often beside its fair share; one that stands once is never too frequent."""
    worst, told = 0.0, "no label stands twice"
    for place, counts in labels.items():
        label, most = _most(counts)
        times = round(most / likely[place], 9)  # a sum of thirds is no whole number
        if most > 1 and times > worst:
            worst, told = times, f"{label}, {most} of {counts.total()} of {_place(coverage, place)}"
    return Promise("a label beside its fair share", worst, MOST_OF_A_LABEL, False, "x", told)


def _place(coverage: Coverage, place: Hashable) -> str:
    dataset, source, about = place if isinstance(place, tuple) else (place, "", "")
    return f"{about!r} in {source} questions of {called(coverage.datasets[dataset])}"


def _most(counts: Counter[Any]) -> tuple[Any, int]:
    return counts.most_common(1)[0] if counts else ("", 0)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _figure(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.1f}%"
    return f"{value:.2f}x" if unit == "x" else f"{value:g}"
