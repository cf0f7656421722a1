"""The lint: every rule on one page, and what a program and a person are told of it."""

from collections.abc import Iterator

import msgspec

from actors.planning import dependencies, form, promotion, research, standing, unread
from actors.planning.dependencies import in_order, waiting
from actors.planning.flaw import Rule
from actors.planning.plan import Plan

RULES: tuple[Rule, ...] = (
    *form.RULES,
    *unread.RULES,
    *promotion.RULES,
    *dependencies.RULES,
    *research.RULES,
    *standing.RULES,
)
"""All rules, in the order of docs/plan.md."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that a rule found."""

    line: int
    """Where, from 1."""
    rule: str
    """The rule's name."""
    found: str
    """What is wrong."""
    mend: str
    """What to do."""


class Report(msgspec.Struct, frozen=True):
    """What is said of a plan."""

    file: str
    """The page."""
    today: str
    """The day it was judged by."""
    clean: bool
    """Whether nothing was found."""
    findings: list[Finding]
    """What was found, in the order of its lines."""
    steps: list[list[str]]
    """The order of the items: those of a step wait for nothing but steps before it."""
    waits: dict[str, list[str]]
    """What each item that waits waits for."""

    def lines(self, graph: bool) -> Iterator[str]:
        """The report for a person: the order if it was asked for, each finding, the verdict."""
        for number, step in enumerate(self.steps if graph else (), 1):
            for name in step:
                of = self.waits.get(name, ())
                yield f"{number}. {name}" + (f" (after {', '.join(of)})" if of else "")
        for one in self.findings:
            yield f"{self.file}:{one.line}: {one.rule}: {one.found}"
            yield f"    {one.mend}"
        verdict = "the plan keeps every rule" if self.clean else f"{len(self.findings)} findings"
        yield f"{self.file}, read on {self.today}: {verdict}"


def lint(plan: Plan) -> list[Finding]:
    """What is wrong with a plan, in the order of its lines."""
    found = [Finding(one.line, rule.__name__, one.found, one.mend) for rule in RULES for one in rule(plan)]
    return sorted(found, key=lambda one: (one.line, one.rule, one.found))


def report(file: str, plan: Plan) -> Report:
    """All that is said of a plan."""
    found = lint(plan)
    waits = {name: of for name, of in waiting(plan).items() if of}
    return Report(file, plan.today.isoformat(), not found, found, in_order(plan), waits)
