"""The page that this plan's form comes from: what the lint says of it, and of one with the same defects."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from actors.planning.report import Finding
from tests.planning.sound import SOUND, found_in, planned, tree

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed-current.md"
LATER = date(2026, 11, 28)
MISSING = ("Priorities", "Experiment Matrix", "Experiment Cards", "Compression Policy", "Merge Rubric")
ALIKE = """\
# current.md

## Institutional Knowledge
- [2026-02-08] Fail fast.

## Beliefs
- [2026-02-08] One file.

## Brainstormed

### Pipeline Contract Cleanup
status: open
readiness: near-spec

current code evidence:
- Unified loader exists: `src/datagen/shared/questions_io.py`.

missing:
- Removal of parallel fields.

### Reliability Hardening
status: open
readiness: near-spec

missing:
- Reporting of failures.

## Specd
- title: Pipeline Contract Cleanup -> strict-answer-contract purge
  status: ready
  approval:
    approved_by: user
    approval_signal: "i accept"
    approved_on: 2026-02-08
    expires_on: 2026-02-13
    approval_status: valid
    approval_basis: implement the purge only.
  - readiness evidence:
    - [2026-02-08] user confirmed.
  - behavior change: legacy fields are refused.
  - files to touch:
    - `store/keep.py`
  - fail-first tests:
    - legacy input fails.
  - non-goals:
    - no migration.
  - risks:
    - old files stop loading.
  - dependency snapshot:
    - depends_on: none
    - blocked_by: none
    - parallelizable_with:
      - `Reliability Hardening -> container-stop observability`
  - touch points:
    - `store/keep.py` -> `keep` fallback branch removal
  - expected diff shape:
    - modify only, ~60-120 LOC
  - review checks:
    - none remain.

- title: Reliability Hardening -> container-stop observability
  status: in_progress
  - behavior change: failures are logged.
  - files to touch:
    - `store/keep.py`
  - fail-first tests:
    - an error is logged.
  - non-goals:
    - no restart.
  - risks:
    - noise.
  - touch points:
    - `store/keep.py` -> `keep`
  - expected diff shape:
    - modify only, ~40-90 LOC
  - review checks:
    - none is swallowed.

promotion checklist for each `Specd` item:
- behavior change
- files to touch
- fail-first tests
- non-goals
- risks
- touch points (path + function/class/block)
- expected diff shape (add/modify/delete + rough LOC)
- review checks
"""


def by_rule(found: list[Finding], rule: str) -> list[tuple[int, str]]:
    return [(one.line, one.found) for one in found if one.rule == rule]


def test_a_page_with_its_defects_is_told_of_each(tmp_path: Path) -> None:
    found = found_in(ALIKE, tree(tmp_path), LATER)
    lines = ALIKE.splitlines()
    expired = lines.index("    expires_on: 2026-02-13") + 1
    purge, stop = "Pipeline Contract Cleanup -> strict-answer-contract purge", "container-stop observability"
    assert by_rule(found, "approvals_in_force") == [
        (expired, f"the approval of `{purge}` expired on 2026-02-13")
    ]
    ((unapproved, told),) = by_rule(found, "specd_is_approved")
    assert lines[unapproved - 1] == f"- title: Reliability Hardening -> {stop}"
    assert told.endswith(
        "lacks `approved_by`, `approval_signal`, `approval_basis`, `approved_on`, `expires_on`"
    )
    ((beside, told),) = by_rule(found, "parallel_is_mutual")
    assert lines[beside - 1] == f"      - `Reliability Hardening -> {stop}`"
    assert by_rule(found, "touch_points_exist") == [
        (16, "`Pipeline Contract Cleanup` names `src/datagen/shared/questions_io.py`, which is not there")
    ]
    assert [told for _, told in by_rule(found, "sections_in_order")] == [
        f"the section `{name}` is not there" for name in sorted(MISSING)
    ]
    assert len(found) == 4 + len(MISSING)


def test_its_approval_had_not_expired_on_its_last_day(tmp_path: Path) -> None:
    found = found_in(ALIKE, tree(tmp_path), date(2026, 2, 13))
    assert by_rule(found, "approvals_in_force") == []


@pytest.mark.skipif(not SEED.exists(), reason="the page itself is not part of the repository")
def test_the_page_itself_is_read_and_told_of_what_it_lacks() -> None:
    text = SEED.read_text(encoding="utf-8")
    lines, plan = text.splitlines(), planned(text, SEED.parent, LATER)
    assert (len(plan.brainstormed), len(plan.candidates), len(plan.specd)) == (11, 15, 2)
    found = found_in(text, SEED.parent, LATER)
    counts = Counter(one.rule for one in found)
    assert counts.pop("touch_points_exist") > 50  # its paths are those of an older code base
    assert counts == {
        "sections_in_order": 5,
        "approvals_in_force": 1,
        "specd_is_approved": 1,
        "parallel_is_mutual": 1,
        "diff_shapes_have_a_size": 1,
    }
    ((expired, told),) = by_rule(found, "approvals_in_force")
    assert lines[expired - 1].strip() == "expires_on: 2026-02-13"
    assert "expired on 2026-02-13" in told
    assert all(lines[one.line - 1].strip() for one in found)


def test_an_approval_of_what_is_done_may_expire(tmp_path: Path) -> None:
    done = SOUND.replace("status: ready", "status: done")
    assert found_in(done, tree(tmp_path), LATER) == []
