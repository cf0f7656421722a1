"""A plan that keeps every rule, and the tree that it is of."""

from datetime import date
from pathlib import Path

import cli
from actors.commands.plan import amiss
from actors.planning.outline import outline_of
from actors.planning.plan import Plan
from actors.planning.report import Finding, lint

TODAY = date(2026, 3, 10)
SOUND = """\
# current.md

## Institutional Knowledge
- [2026-03-01] Keys are kept in one file.

## Beliefs
- [2026-03-02] One file is enough.

## Brainstormed

### Keeping
status: open
readiness: near-spec
depends_on: none
parallelizable_with: `Telling`

missing:
- Nobody is told what was kept.

current code evidence:
- What is kept: `store/keep.py`.

spec candidates (not yet promoted):
- candidate: receipts
  - behavior change: `keep` gives a receipt.
  - files to touch: `store/keep.py`, `store/receipt.py` (new)
  - fail-first tests:
    - a receipt names what was kept.
  - non-goals: no signatures.
  - risks: receipts grow.
  - touch points: `store/keep.py` -> `keep`
  - expected diff shape: add, ~40-60 LOC
  - review checks: nothing is kept without one.

### Telling
status: parked
readiness: early
blocked_by: `Keeping -> receipts`
parallelizable_with: `Keeping`

## Specd
- title: Keeping -> locks
  status: ready
  approval:
    approved_by: the owner
    approval_signal: "do it"
    approval_basis: locks alone
    approved_on: 2026-03-03
    expires_on: 2026-03-31
  - behavior change: `keep` takes a lock.
  - files to touch: `store/keep.py`
  - fail-first tests:
    - two who keep at once do so one after the other.
  - non-goals: none over a network.
  - risks: a lock that nobody gives back.
  - dependency snapshot:
    - depends_on: none
    - blocked_by: none
    - parallelizable_with: none
  - touch points:
    - `store/keep.py` -> `keep`
  - expected diff shape: modify, ~30 LOC
  - review checks: the lock is given back.

ready-to-promote shortlist:
- Keeping -> receipts

promotion checklist for each `Specd` item:
- behavior change
- files to touch
- fail-first tests
- non-goals
- risks
- touch points (path + function)
- expected diff shape
- review checks

## Priorities
- priority: Keeping
  - limit: one in ten keys is lost.

## Experiment Matrix
- experiment: Losses
  - question: How many keys are lost?
  - dataset: a hundred keys
  - model: none
  - evaluation: keys found again
  - success criteria: at least 99 of 100 keys
  - run protocol: `python cli.py status`
  - cost: a minute
  - card: [Losses](#losses)
- experiment: Pace
  - question: How many keys are kept in a second?
  - dataset: a thousand keys
  - model: none
  - evaluation: keys a second
  - success criteria: at least 50 keys a second
  - run protocol: `python -m benchmarks.counted`
  - cost: a minute
  - card: [Pace](#pace)
- experiment: Room
  - question: How much room does a key take?
  - dataset: a thousand keys
  - model: none
  - evaluation: bytes a key
  - success criteria: at most 200 bytes
  - run protocol: `SEED=1 make count`
  - cost: a minute
  - card: [Room](#room)

## Experiment Cards
template:
- hypothesis
- dataset
- model
- evaluation
- success criteria
- full protocol
- small protocol
- small results

### Losses
hypothesis: none is lost.
dataset: a hundred keys
model: none
evaluation: keys found again
success criteria: at least 99 %
full protocol: `python cli.py status --json`
small protocol: `tracegate status`
small results: [2026-03-05] 100 of 100

### Pace
hypothesis: the disk is what takes long.
dataset: a thousand keys
model: none
evaluation: keys a second
success criteria: at least 50 keys a second
full protocol: `python -m benchmarks.counted`
small protocol: `python -m benchmarks.counted --few`
small results: not run: the disk was full

### Room
hypothesis: little.
dataset: a thousand keys
model: none
evaluation: bytes a key
success criteria: at most 200 bytes
full protocol: `make count`
small protocol: `make count`
small results: [2026-03-06] 180 bytes

## Compression Policy
- version: 1
- verbatim: what fits
- summarised: what repeats
- truncated: the middle
- loss: what survives of errors
- figures: [2026-03-07] `python -m benchmarks.counted`: 100 % of errors

## Merge Rubric
rules:
1. Merge what answers one question.
2. Merge what changes together.
3. Keep apart what may not meet.
4. Keep apart what differs in priority.
5. Merge what has one test.

example:
- Keys and names were one idea; `0123abc` merged them, by rule 1.

## Recovery Notes
- Look into the history.
"""


def tree(folder: Path) -> Path:
    """The tree that the sound plan is of."""
    for name, text in (
        ("store/keep.py", "def keep() -> None: ...\n"),
        ("benchmarks/counted.py", ""),
        ("Makefile", "count:\n\techo 1\n"),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def planned(text: str, root: Path, today: date = TODAY) -> Plan:
    """A text as a plan."""
    return Plan(outline_of(text), today, root, lambda words: amiss(cli.app, words))


def found_in(text: str, root: Path, today: date = TODAY) -> list[Finding]:
    """What the lint finds in a text."""
    return lint(planned(text, root, today))
