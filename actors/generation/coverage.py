"""How far the questions of a home reach: what was tried, what became of it, and what never appeared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from actors.generation.promises import promises
from actors.generation.sorting import REJECTIONS, possible, sorts
from store.home import Home
from store.log.read import read_events
from store.projections.coverage import Coverage, CoverageModel, Tally
from store.projections.fold import project

OF_QUESTIONS = ("template", "branch", "axis settled")
"""Headings of what only questions tell; of how many that were tried, the log says nothing."""
HEADINGS = (
    "source",
    "dataset class",
    "dataset",
    "operator",
    "family",
    "steps",
    "decision",
    "branch",
    "axis",
    "axis settled",
    "template",
)
"""In the order in which they are told."""
MODEL = CoverageModel(sorts)


@dataclass(frozen=True)
class Report:
    """What a home's proposals cover."""

    coverage: Coverage

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        told = self.coverage
        sources = told.tallies.get("source", {}).values()
        return {
            "proposals": sum(one.tried for one in sources),
            "accepted": sum(one.accepted for one in sources),
            "promises": [one.to_dict() for one in promises(told)],
            "coverage": {heading: list(_rows(heading, told)) for heading in HEADINGS},
            "never": dict(_never(told)),
            "examples": [
                {"reason": reason, "stream": one.stream, "index": one.index, "detail": one.detail}
                for reason, one in sorted(told.examples.items())
            ],
        }


def covered(home: Home) -> Report:
    """What the log of a home says.

    Raises:
        LogCorrupt: a batch of the log is damaged.
        BrokenHistoryError: an event refers to something that the log never told of.
        OSError: a segment cannot be read.
    """
    (coverage,) = project(read_events(home), MODEL)
    return Report(coverage)


def _rows(heading: str, told: Coverage) -> Iterator[dict[str, Any]]:
    for name, tally in sorted(told.tallies.get(heading, {}).items()):
        yield {"name": name, "accepted": tally.accepted} | ({} if heading in OF_QUESTIONS else _tried(tally))


def _tried(tally: Tally) -> dict[str, Any]:
    low, high = tally.interval()
    refused = dict(sorted(tally.refused.items(), key=lambda one: (-one[1], one[0])))
    return {"tried": tally.tried, "refused": refused, "low": low, "high": high}


def _never(told: Coverage) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """By heading, what was never proposed, and what was and never stands in a question."""
    for heading, names in possible().items():
        tallies = told.tallies.get(heading, {})
        in_vain = [name for name in names if name in tallies and not tallies[name].accepted]
        yield heading, {"proposed": [name for name in names if name not in tallies], "accepted": in_vain}
    yield (
        "reason",
        {"proposed": [reason for reason in REJECTIONS if reason not in told.examples], "accepted": []},
    )
