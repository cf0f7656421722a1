"""What each part of the program must give of the small table: counts and shapes, and nothing empty."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from actors.evaluating.report import reported
from actors.gating.grader import audited
from actors.replaying import Replayed
from store.export.formats import FORMATS, Format
from store.export.harvest import Harvest, Row
from store.export.writing import Made
from store.home import Home
from store.projections.state import State
from store.replay import ReplayReport
from store.validate import validate

Counts = Mapping[str, int]


class NotAsItShould(Exception):
    """An output does not have the shape that it must have."""


def questions(state: State, wanted: int) -> Counts:
    """As many questions as were asked for, of two sources, each with text, answer and certificate."""
    accepted = list(state.questions.accepted.values())
    _hold("questions", len(accepted) == wanted, f"{len(accepted)} were accepted, {wanted} wanted")
    whole = all(one.question_text and one.answers and one.certificate.readings for one in accepted)
    _hold("questions", whole, "one has no text, no answer or no reading")
    sources = {one.source for one in accepted}
    return {
        "rows": len(accepted),
        "sources": len(sources),
        "steps": sum(len(one.recipe.program.steps) for one in accepted),
    }


def episodes(state: State) -> Counts:
    """A verdict on every question, most verified, with five traces each and hooks in every gold trace."""
    judged, verified = state.episodes.judged, state.verified()
    _hold("episodes", len(judged) == len(state.questions.accepted), f"{len(judged)} were judged")
    _hold("episodes", 2 * len(verified) > len(judged), f"{len(verified)} of {len(judged)} are verified")
    _hold("episodes", not state.integrity.dead, f"put aside: {', '.join(state.integrity.dead)}")
    votes = Counter(len(one.votes) for one in judged.values())
    _hold("episodes", set(votes) == {5}, f"traces an episode: {dict(votes)}")
    golds = [vote for one in verified.values() for vote in one.votes if vote.role == "gold"]
    _hold("episodes", all(vote.hooks for vote in golds), "a gold trace raised no hook")
    hooks = sum(vote.hooks for vote in golds)
    return {"rows": len(judged), "verified": len(verified), "traces": 5 * len(judged), "gold hooks": hooks}


def grader(state: State) -> Counts:
    """Every known answer matches in the forms that say the same, and in no other."""
    audit = audited(state.questions.accepted.values())
    _hold("grader", audit.sound, f"{dict(audit.refused)} refused wrongly, {dict(audit.accepted)} accepted")
    return {"answers": audit.answers, "forms": sum(audit.tried.values())}


def files(home: Home, report: ReplayReport) -> Counts:
    """The artifacts are valid, and what a replay of the log gives."""
    differing = ", ".join(one.path for one in report.differences)
    _hold("artifacts", report.same, f"a replay gives others: {differing}")
    results = [validate(home.questions), validate(home.episodes)]
    problems = [problem.what for result in results for problem in result.problems]
    _hold("artifacts", not problems, "; ".join(problems[:3]))
    return {"files": sum(one.files for one in results), "rows": sum(one.records for one in results)}


def rows(harvest: Harvest, formats: Mapping[str, Format] = FORMATS) -> Mapping[str, Counts]:
    """Of every format of exports its rows, none of which is empty."""
    return {f"export {name}": _rows(f"export {name}", list(formats[name].rows(harvest))) for name in formats}


def folders(made: Mapping[str, Made]) -> Mapping[str, Counts]:
    """Of every export that is a folder its files, none of which is empty, and what they hold."""
    for name, one in made.items():
        _hold(f"export {name}", bool(one.files) and bool(one.rows), "it has no file")
        _hold(f"export {name}", all(one.files.values()), "a file is empty")
        _hold(f"export {name}", all(one.rows.values()), "a file holds nothing")
    return {
        f"export {name}": {"files": len(one.files), "rows": sum(one.rows.values())}
        for name, one in made.items()
    }


def again(found: Sequence[Replayed], wanted: int) -> Counts:
    """Recorded episodes, run again in fresh sessions, came out as recorded."""
    _hold("execution", len(found) == 1, "nothing was run again")
    (one,) = found
    _hold("execution", one.episodes == wanted and bool(one.cells), f"{one.episodes} were run again")
    told = "; ".join(f"trace {each.trace}: {each.differs.what}" for each in one.divergences[:3])
    _hold("execution", one.same and not one.broken, told or f"broken: {', '.join(one.broken)}")
    return {"episodes": one.episodes, "traces": one.traces, "cells": one.cells}


def evaluation(state: State, key: str, wanted: int) -> Counts:
    """The script, measured on questions that it solved, answers each of them right."""
    report = reported(state.evaluations.started[key], state.evaluations.answers(key))
    solved = report["solved"]
    _hold("evaluation", report["scored"] == wanted, f"{report['scored']} of {wanted} were scored")
    _hold("evaluation", solved["right"] == wanted, f"{solved['right']} of {wanted} are right")
    return {"questions": wanted, "right": solved["right"]}


def _rows(name: str, found: Sequence[Row]) -> Counts:
    """Counts of an export's rows, their columns and the messages in them."""
    _hold(name, bool(found), "it has no row")
    _hold(name, len({frozenset(row) for row in found}) == 1, "its rows have different columns")
    spoken = [{one["role"] for one in row["messages"]} for row in found if "messages" in row]
    _hold(name, all({"user", "assistant"} <= roles for roles in spoken), "a conversation lacks its assistant")
    messages = [message for row in found for message in _messages(row)]
    _hold(name, all(one["content"] or one.get("tool_calls") for one in messages), "a message is empty")
    texts = [text for row in found for text in row.get("completions", ())]
    _hold(name, all(texts), "a turn is empty")
    return {"rows": len(found), "columns": len(found[0]), "messages": len(messages) + len(texts)}


def _messages(row: Row) -> Iterator[Mapping[str, Any]]:
    """Every message of a row, whatever column it stands in."""
    for column in ("messages", "prompt", "chosen", "rejected", "completion"):
        if not isinstance(row.get(column), str):
            yield from row.get(column) or ()


def _hold(name: str, holds: bool, told: str) -> None:
    if not holds:
        raise NotAsItShould(f"{name}: {told}")
