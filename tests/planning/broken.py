"""The sound plan broken in one place, a variant or more for each rule."""

from dataclasses import dataclass

from tests.planning.sound import SOUND


@dataclass(frozen=True)
class Broken:
    """One change, and what the lint has to say of it."""

    rule: str
    old: str
    """What stands in the sound plan, once."""
    new: str
    where: str
    """The line at which it is to be found, the last such in the broken plan; empty for the end of it."""
    found: str
    """What is to be said of it, in part."""
    mend: str
    """What is to be done about it, in part."""

    @property
    def text(self) -> str:
        """The broken plan."""
        assert SOUND.count(self.old) == 1, f"{self.old!r} stands {SOUND.count(self.old)} times"
        return SOUND.replace(self.old, self.new)

    @property
    def line(self) -> int:
        """The line, from 1."""
        lines = self.text.splitlines()
        return len(lines) - lines[::-1].index(self.where) if self.where else len(lines)


FOURTH = """\
- experiment: Weight
  - question: How much does a key weigh?
  - dataset: ten keys
  - model: none
  - evaluation: grams a key
  - success criteria: at most 10 grams
  - run protocol: `make count`
  - cost: a minute
  - card: [Room](#room)
"""
BROKEN = (
    Broken("sections_in_order", "## Recovery Notes", "## Hopes", "## Hopes", "there is no section `Hopes`", "name it one of"),
    Broken("sections_in_order", "## Recovery Notes", "## Beliefs", "## Beliefs", "stands here again", "the order is"),
    Broken("sections_in_order", "## Beliefs\n- [2026-03-02] One file is enough.\n", "",
           "", "the section `Beliefs` is not there", "add `## Beliefs`"),
    Broken("sections_say_something", "- [2026-03-02] One file is enough.\n", "", "## Beliefs",
           "`Beliefs` says nothing", "write what holds"),
    Broken("sections_say_something", "- Look into the history.", "<!-- later -->", "## Recovery Notes",
           "`Recovery Notes` says nothing", "write what holds"),
    Broken("lists_not_tables", "- Look into the history.", "| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |",
           "a table stands in `Recovery Notes`", "as an entry of a list"),
    Broken("names_once", "- priority: Keeping\n", "- priority: Keeping\n  - limit: x\n- priority: `Keeping`\n",
           "- priority: `Keeping`", "`Keeping` is named on line", "merge the two"),
    Broken("dates_exist", "- [2026-03-01] Keys", "- [2026-02-30] Keys", "- [2026-02-30] Keys are kept in one file.",
           "there is no 2026-02-30", "as YYYY-MM-DD"),
    Broken("knowledge_is_dated", "- [2026-03-02] One", "- One", "- One file is enough.", "no date begins the line",
           "- [YYYY-MM-DD]"),
    Broken("knowledge_is_dated", "- [2026-03-02] One", "- [2026-03-11] One", "- [2026-03-11] One file is enough.",
           "2026-03-11 is still to come", "the day it was learned"),
    Broken("words_of_status", "status: parked", "status: soon", "status: soon", "has the status `soon`",
           "one of `open`, `parked`"),
    Broken("words_of_status", "  status: ready\n", "", "- title: Keeping -> locks", "has no status", "`in_progress`"),
    Broken("words_of_readiness", "readiness: early", "readiness: nearly", "readiness: nearly",
           "has the readiness `nearly`", "`near-spec`"),
    Broken("open_items_say_what_is_missing", "status: parked", "status: open", "### Telling", "nothing is missing",
           "under `missing:`"),
    Broken("fields_are_spelled", "blocked_by: `Keeping -> receipts`", "blocked by: `Keeping -> receipts`",
           "blocked by: `Keeping -> receipts`", "nobody reads `blocked by`", "spell it `blocked_by:`"),
    Broken("fields_are_spelled", "    - depends_on: none", "    - Depend_on: `Losing`", "    - Depend_on: `Losing`",
           "nobody reads `Depend_on`", "spell it `depends_on:`"),
    Broken("specd_is_listed", "- title: Keeping -> locks", "- title: Losing -> locks", "- title: Losing -> locks",
           "comes from no brainstormed item", "title it `ITEM -> SLICE`"),
    Broken("entries_are_named", "ready-to-promote", "- Title: Keeping -> speed\n  - status: whatever\n\nready-to-promote",
           "- Title: Keeping -> speed", "`Title: Keeping -> speed` under `Specd` is not read", "begin it with `- title: `"),
    Broken("entries_are_named", "ready-to-promote", "The owner surely agrees.\n\nready-to-promote",
           "The owner surely agrees.", "`The owner surely agrees.` under `Specd`", "or move it elsewhere"),
    Broken("entries_are_named", "- experiment: Losses\n", "- Experiment: Weight\n- experiment: Losses\n",
           "- Experiment: Weight", "under `Experiment Matrix` is not read", "begin it with `- experiment: `"),
    Broken("entries_are_named", "- priority: Keeping\n", "- Priority: Speed\n- priority: Keeping\n",
           "- Priority: Speed", "under `Priorities` is not read", "begin it with `- priority: `"),
    Broken("fields_once", "readiness: early", "readiness: early\nreadiness: near-spec", "readiness: near-spec",
           "`Telling` says its readiness on line", "keep one of the two"),
    Broken("fields_once", "    expires_on: 2026-03-31", "    expires_on: 2026-03-31\n    expires_on: 2026-03-01",
           "    expires_on: 2026-03-01", "says its expires_on on line", "keep one of the two"),
    Broken("fields_once", "  - risks: receipts grow.", "  - risks: receipts grow.\n  - risks: none", "  - risks: none",
           "`Keeping -> receipts` says its risks", "keep one of the two"),
    Broken("candidates_complete", "  - risks: receipts grow.", "  - risks: TBD", "  - risks: TBD",
           "says nothing of its risks", "add `- risks:`"),
    Broken("candidates_complete", "  - risks: receipts grow.\n", "", "- candidate: receipts",
           "`Keeping -> receipts` says nothing of its risks", "add `- risks:`"),
    Broken("specd_complete", "  - non-goals: none over a network.", "  - non-goals:", "  - non-goals:",
           "`Keeping -> locks` says nothing of its non-goals", "add `- non-goals:`"),
    Broken("diff_shapes_have_a_size", "modify, ~30 LOC", "modify a little",
           "  - expected diff shape: modify a little", "has no size", "~120-200 LOC"),
    Broken("diff_shapes_have_a_size", "modify, ~30 LOC", "modify, 0 LOC",
           "  - expected diff shape: modify, 0 LOC", "has no size", "~120-200 LOC"),
    Broken("specd_is_approved", "approved_by: the owner", "approved_by: session 9 (inferred)", "  approval:",
           "lacks `approved_by`", "none is inferred"),
    Broken("specd_is_approved", '    approval_signal: "do it"\n', "", "  approval:",
           "lacks `approval_signal`", "none is inferred"),
    Broken("specd_is_approved", "expires_on: 2026-03-31", "expires_on: 2026-03-31 or never", "  approval:",
           "lacks `expires_on`", "none is inferred"),
    Broken("specd_is_approved", "    approval_basis: locks alone\n", "", "  approval:",
           "the approval of `Keeping -> locks` lacks `approval_basis`", "none is inferred"),
    Broken("specd_is_approved", "expires_on: 2026-03-31", "expires_on: some day", "  approval:",
           "lacks `expires_on`", "none is inferred"),
    Broken("approvals_in_force", "expires_on: 2026-03-31", "expires_on: 2026-03-09", "    expires_on: 2026-03-09",
           "expired on 2026-03-09", "ask anew"),
    Broken("approvals_in_force", "approved_on: 2026-03-03", "approved_on: 2026-03-12",
           "    approved_on: 2026-03-12", "still to come", "the day on which it was given"),
    Broken("approvals_in_force", "    approval_basis: locks alone", "    approval_status: revoked\n    approval_basis: locks alone",
           "    approval_status: revoked", "the approval of `Keeping -> locks` is `revoked`", "ask anew"),
    Broken("touch_points_exist", "`store/receipt.py` (new)", "`store/receipt.py` (newer than most)",
           "  - files to touch: `store/keep.py`, `store/receipt.py` (newer than most)",
           "names `store/receipt.py`, which is not there", "`(new)`"),
    Broken("touch_points_exist", "- What is kept: `store/keep.py`.", "- What is kept: `store/keep.py:2`.",
           "- What is kept: `store/keep.py:2`.", "names `store/keep.py:2`", "`(new)`"),
    Broken("touch_points_exist", "- What is kept: `store/keep.py`.", "- What is kept: `../keep.py`.",
           "- What is kept: `../keep.py`.", "names `../keep.py`", "`(new)`"),
    Broken("touch_points_exist", "- What is kept: `store/keep.py`.", "- What is kept: `/etc/passwd.txt`.",
           "- What is kept: `/etc/passwd.txt`.", "names `/etc/passwd.txt`", "`(new)`"),
    Broken("touch_points_exist", "- What is kept: `store/keep.py`.", "- What is kept: `store/kept.py`.",
           "- What is kept: `store/kept.py`.", "names `store/kept.py`, which is not there", "`(new)`"),
    Broken("specd_names_places", "    - `store/keep.py` -> `keep`", "    - `store/keep.py` -> `lose`",
           "    - `store/keep.py` -> `lose`", "`store/keep.py` has no `lose`", "stands in the file"),
    Broken("specd_names_places", "    - `store/keep.py` -> `keep`", "    - the keeping", "    - the keeping",
           "`the keeping` is no place in a file", "-> `name of the function"),
    Broken("specd_names_places", "    - `store/keep.py` -> `keep`", "    - `store/keep.py` -> `ee`",
           "    - `store/keep.py` -> `ee`", "`store/keep.py` has no `ee`", "stands in the file"),
    Broken("specd_names_places", "    - `store/keep.py` -> `keep`", "    - `store/` -> `keep`",
           "    - `store/` -> `keep`", "`store/` has no `keep`", "stands in the file"),
    Broken("specd_names_places", "  - files to touch: `store/keep.py`\n", "  - files to touch: somewhere\n",
           "  - files to touch: somewhere", "`somewhere` names no file to touch", "in backticks"),
    Broken("shortlist_names_candidates", "- Keeping -> receipts\n", "- Keeping -> bills\n", "- Keeping -> bills",
           "there is no candidate `Keeping -> bills`", "as it stands under"),
    Broken("checklist_is_whole", "- review checks\n", "", "promotion checklist for each `Specd` item:",
           "leaves out the review checks", "add `- review checks`"),
    Broken("dependencies_exist", "depends_on: none\nparallelizable_with: `Telling`",
           "depends_on: `Asking`\nparallelizable_with: `Telling`", "depends_on: `Asking`",
           "said to depend on `Asking`, which there is not", "name an item as its heading does"),
    Broken("no_cycles", "  - risks: receipts grow.\n", "  - risks: receipts grow.\n  - depends_on: `Telling`\n",
           "  - depends_on: `Telling`", "none of them can begin", "take one of these out"),
    Broken("parallel_is_mutual", "blocked_by: `Keeping -> receipts`\nparallelizable_with: `Keeping`\n",
           "blocked_by: `Keeping -> receipts`\n", "parallelizable_with: `Telling`", "which does not say so",
           "add `parallelizable_with: Keeping`"),
    Broken("parallel_is_mutual", "blocked_by: `Keeping -> receipts`", "blocked_by: Keeping",
           "parallelizable_with: `Keeping`", "and waits for it", "take it out of `parallelizable_with`"),
    Broken("three_experiments", "- experiment: Losses\n", FOURTH + "- experiment: Losses\n", "- experiment: Room",
           "the matrix holds 4 experiments", "keep the three that come next"),
    Broken("experiments_complete", "  - dataset: a hundred keys\n", "", "- experiment: Losses",
           "`Losses` says nothing of its dataset", "add `dataset:`"),
    Broken("experiments_have_cards", "[Pace](#pace)", "[Pace](#losses)", "### Pace",
           "no experiment links `Pace`", "with `(#pace)`"),
    Broken("experiments_have_cards", "[Pace](#pace)", "[Pace](#pace), [Losses](#losses)",
           "  - card: [Pace](#pace), [Losses](#losses)", "`Pace` links 2 cards", "`#losses`, `#pace`, `#room`"),
    Broken("template_is_whole", "- small results\n", "", "template:", "leaves out the small results",
           "under `template:`"),
    Broken("cards_complete", "hypothesis: little.\n", "", "### Room", "`Room` says nothing of its hypothesis",
           "add `hypothesis:`"),
    Broken("criteria_are_measurable", "at least 99 %", "hardly any loss since 2026-01-01",
           "success criteria: hardly any loss since 2026-01-01", "cannot be measured", "a number and its unit"),
    Broken("criteria_are_measurable", "at least 99 %", "better than the 3 of us hoped",
           "success criteria: better than the 3 of us hoped", "cannot be measured", "a number and its unit"),
    Broken("criteria_are_measurable", "at least 99 %", "seed 0 looks good and 2 others do too",
           "success criteria: seed 0 looks good and 2 others do too", "cannot be measured", "a number and its unit"),
    Broken("criteria_are_measurable", "at least 99 %", "at least better by 3 April",
           "success criteria: at least better by 3 April", "cannot be measured", "a number and its unit"),
    Broken("protocols_parse", "`tracegate status`", "`tracegate status --json && python cli.py bogus`",
           "small protocol: `tracegate status --json && python cli.py bogus`", "there is no command `bogus`",
           "as `--help` tells"),
    Broken("protocols_parse", "`tracegate status`", "`env X=1 .venv/bin/python3 cli.py gaet`",
           "small protocol: `env X=1 .venv/bin/python3 cli.py gaet`", "there is no command `gaet`", "as `--help` tells"),
    Broken("protocols_parse", "`python cli.py status --json`", "`python cli.py status --jason`",
           "full protocol: `python cli.py status --jason`", "No such option", "as `--help` tells"),
    Broken("protocols_parse", "`tracegate status`", "`tracegate statuses`", "small protocol: `tracegate statuses`",
           "there is no command `statuses`", "as `--help` tells"),
    Broken("protocols_parse", "`python -m benchmarks.counted --few`", "`python -m benchmarks.recounted`",
           "small protocol: `python -m benchmarks.recounted`", "there is no module", "as `--help` tells"),
    Broken("protocols_parse", "`SEED=1 make count`", "`SEED=1 make counts`", "  - run protocol: `SEED=1 make counts`",
           "the Makefile has no `counts`", "as `--help` tells"),
    Broken("protocols_parse", "`tracegate status`", "`tracegate 'status`", "small protocol: `tracegate 'status`",
           "No closing quotation", "as `--help` tells"),
    Broken("protocols_parse", "`tracegate status`", "look at it", "small protocol: look at it",
           "runs nothing of ours", "in backticks"),
    Broken("small_results_are_dated", "small results: [2026-03-06] 180 bytes", "small results: 180 bytes",
           "small results: 180 bytes", "nobody knows when", "`not run: ` and why"),
    Broken("small_results_are_dated", "small results: [2026-03-06]", "small results: [2026-03-16]",
           "small results: [2026-03-16] 180 bytes", "2026-03-16 is still to come", "the day of the run"),
    Broken("priorities_say_the_limit", "- priority: Keeping\n", "- priority: Losing\n", "- priority: Losing",
           "neither an item nor an experiment", "as it stands"),
    Broken("priorities_say_the_limit", "  - limit: one in ten keys is lost.\n", "", "- priority: Keeping",
           "says not why it comes here", "add `- limit:`"),
    Broken("policy_is_whole", "- loss: what survives of errors\n", "", "## Compression Policy",
           "says nothing of `loss`", "add `- loss:`"),
    Broken("policy_has_figures", "100 % of errors", "all errors",
           "- figures: [2026-03-07] `python -m benchmarks.counted`: all errors", "lack a number with %",
           "run the benchmark"),
    Broken("policy_has_figures", "- figures: [2026-03-07]", "- figures: [2026-04-07]",
           "- figures: [2026-04-07] `python -m benchmarks.counted`: 100 % of errors", "2026-04-07 is still to come",
           "the day of the run"),
    Broken("rubric_has_five_rules", "5. Merge what has one test.\n", "", "rules:", "the rubric has 4 rules",
           "list five"),
    Broken("rubric_has_five_rules", "2. Merge what changes together.", "2. Think.", "2. Think.", "decides nothing",
           "say when to merge"),
    Broken("rubric_explains_a_merge", "by rule 1.", "by rule 9.", "example:", "explains no merge", "its commit in backticks"),
    Broken("rubric_explains_a_merge", "; `0123abc` merged them", "; somebody merged them", "example:",
           "explains no merge", "its commit in backticks"),
)  # fmt: skip
