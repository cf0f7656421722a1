"""The results of checks, each as plain JSON values and as lines for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType

from store.export.writing import Exported
from store.log.verify import LogReport
from store.packs.verify import BlobReport
from store.replay import ReplayReport
from store.validate import Validation

Report = tuple[dict[str, Any], RenderableType]
"""For a program, and for a person."""


def replayed(report: ReplayReport) -> Report:
    """Whether the artifacts stand as the log gives them."""
    lines = [f"{one.path}: {one.what}: {one.detail}" for one in report.differences]
    verdict = "are as the log gives them" if report.same else "are not as the log gives them"
    return report.to_dict(), "\n".join([*lines, f"at position {report.seq} the artifacts {verdict}"])


def validated(results: Sequence[Validation], audit: Mapping[str, Any] | None = None) -> Report:
    """What is wrong with question and episode files, and what an audit of the grader found."""
    problems = [problem for result in results for problem in result.problems]
    records = sum(result.records for result in results)
    found: dict[str, Any] = {
        "valid": not problems and _is_sound(audit),
        "files": sum(result.files for result in results),
        "records": records,
        "problems": [{"path": str(one.path), "line": one.line, "what": one.what} for one in problems],
    }
    lines = [f"{one.path}:{one.line}: {one.what}" for one in problems]
    lines.append(f"{records} records, {len(problems)} problems")
    if audit is not None:
        found["grader"] = dict(audit)
        lines += _audit_lines(audit)
    return found, "\n".join(lines)


def _is_sound(audit: Mapping[str, Any] | None) -> bool:
    return audit is None or not (audit["false_refusals"] or audit["false_acceptances"])


def _audit_lines(audit: Mapping[str, Any]) -> list[str]:
    """A line for each form, what was misjudged, and the two figures that have to be 0."""
    lines = [
        f"{form}: {told['tried']} tried, {told['refused']} refused wrongly, {told['accepted']} taken wrongly"
        for form, told in audit["forms"].items()
    ]
    for one in audit["misjudged"]:
        wrong = "refused" if one["must_match"] else "accepted"
        lines.append(f"question {one['question']}: {one['form']}: {wrong}: {one['answer']}")
    sums = f"{audit['false_refusals']} false refusals, {audit['false_acceptances']} false acceptances"
    return [*lines, f"{sums} among {audit['tried']} forms of {audit['answers']} answers"]


def labels_judged(report: Mapping[str, Any]) -> Report:
    """Which labels of a benchmark cannot be right under their own text."""
    lines = [f"{one['question']}, @{one['field']}[{one['label']}]: {one['why']}" for one in report["unfit"]]
    lines += [f"misread: {what}" for what in report["misread"]]
    told = f"{report['forms']} forms of {report['labels']} labels of {report['questions']} questions read"
    last = f"{told}, {len(report['misread'])} misread; {report['computed']} labels computed anew"
    valid = not report["unfit"] and not report["misread"]
    return {"valid": valid, **report}, "\n".join([*lines, f"{last}; {len(report['unfit'])} cannot be right"])


def recipes_told(found: Sequence[Mapping[str, Any]]) -> Report:
    """Which questions are what their recipes make."""
    others = [one for one in found if not one["same"]]
    lines = [f"{one['question']}: {'; '.join(one['differs'])}" for one in others]
    last = f"{len(found) - len(others)} of {len(found)} questions rebuilt to the byte"
    return {"questions": list(found)}, "\n".join([*lines, last])


def log_verified(report: LogReport, kept: BlobReport) -> Report:
    """What is wrong with the log and with the blobs."""
    problems = [
        {"segment": one.segment, "start": one.start, "end": one.end, "seq": one.seq, "what": one.what}
        for one in report.problems
    ]
    found = {
        "ok": report.ok and kept.ok,
        "events": report.events,
        "batches": report.batches,
        "segments": report.segments,
        "seq": report.head.seq,
        "chain": report.head.chain,
        "problems": problems,
        "blobs": kept.to_dict(),
    }
    lines = [f"{one['segment']}, bytes {one['start']} to {one['end']}: {one['what']}" for one in problems]
    held = f"{report.events} events in {report.batches} batches hold"
    return found, "\n".join([*lines, f"{held}, {len(problems)} problems", *_blobs_verified(kept)])


def _blobs_verified(kept: BlobReport) -> list[str]:
    """What is wrong with the blobs, and what is no fault but told."""
    lines = [f"blob {digest}: missing" for digest in kept.missing]
    for one in kept.damaged:
        harm = "" if one.needed else "; the log needs nothing of it"
        lines.append(f"{one.pack}, bytes {one.start} to {one.end}: {one.what}{harm}")
    if kept.orphans:
        lines.append(
            f"{len(kept.orphans)} blobs of {kept.orphan_bytes} bytes are named by no event: no fault"
        )
    wrong = len(kept.missing) + sum(one.needed for one in kept.damaged)
    return [*lines, f"{kept.blobs} blobs in {kept.packs} packs hold, {wrong} problems"]


def exported(written: Exported, benchmark: Mapping[str, Any] | None = None) -> Report:
    """The files of an export, and what was left out of it as a benchmark has it."""
    found = {"seq": written.seq, "data": written.data, "files": written.files}
    lines = [f"{path}: {rows} rows" for path, rows in written.files.items()]
    if benchmark is None:
        return found, "\n".join(lines)
    lines += [f"left out: table {one['dataset']} is like {one['file']}" for one in benchmark["tables"]]
    lines += [
        f"left out: question {one['question']} is like: {one['like']}" for one in benchmark["questions"]
    ]
    lines += [f"not compared: {one}" for one in benchmark["unread"]]
    counts = benchmark["compared"]
    lines.append(f"compared with {counts['tables']} tables and {counts['questions']} questions")
    return found | {"benchmark": dict(benchmark)}, "\n".join(lines)
