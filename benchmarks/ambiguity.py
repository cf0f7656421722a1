"""`python -m benchmarks.ambiguity`: what share of ambiguous questions is caught, of settled ones refused."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from actors.language.paths import MOST_PATHS
from actors.language.readings import MOST_READINGS
from actors.language.subject import Subject
from actors.language.templates import TEMPLATES
from actors.profiling.intake import take_in
from actors.profiling.table import read_table
from actors.terminal.output import configure
from benchmarks.ambiguous.posed import MEANS
from benchmarks.determinate import NAMED, Tally, tally
from benchmarks.handwritten import CLASSES, Outcome, cases, outcome
from benchmarks.table import seconds, share, table
from benchmarks.unsettled import Made, accepted, is_refused, made
from events.dataset import DatasetRegistered

EXAMPLES = Path(__file__).parents[1] / "examples"
MOST_ROWS = 5000
"""Of a longer table no questions are made: the hand-written cases need the tables, the others only any."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Put the questions to the court, and print what came of them."""
    given = _parser().parse_args(arguments)
    configure()
    began = time.perf_counter()
    subjects = subjects_at([EXAMPLES, *given.tables])
    written = {name: list(_written(name, subjects)) for name in CLASSES}
    small = {name: one for name, one in subjects.items() if len(one.frame) <= MOST_ROWS}
    questions = refused = 0
    unsettled: list[Made] = []
    for one in small.values():
        for question in accepted(one, given.questions, given.seed):
            questions += 1
            refused += is_refused(question, one)
            unsettled += made(question, one)
    tallies = [tally(one, list(small.values()), given.bindings) for one in TEMPLATES]
    if given.json:
        print(json.dumps(_as_json(written, unsettled, (questions, refused), tallies), indent=1))
        return
    print(f"At most {MOST_READINGS} readings of a text are run, at most {MOST_PATHS} paths through its words")
    print(f"\nHand-written questions, tables at hand: {len(subjects)}")
    print(
        table(
            ("class", "cases", "caught", "share", "all readings", "wrongly refused", "not run"),
            list(_classes(written)),
        )
    )
    print(table(("found by", *CLASSES), list(_means(written))))
    for line in _misses(written):
        print(line)
    print(
        f"\nMade of {questions} accepted questions, of which {refused} ({share(refused, questions)}) are"
        " refused untouched"
    )
    print(table(("left open", "cases", "ambiguous", "caught", "share"), list(_made(unsettled))))
    for line in _missed(unsettled):
        print(line)
    print(f"\nTemplates: {len(tallies)}, bindings of each and table at most {given.bindings}")
    print(table(("template", "bindings", "one answer unsettled", "settled"), list(_templates(tallies))))
    print(f"\nmeasured in {seconds(time.perf_counter() - began)}")


def subjects_at(paths: Sequence[Path]) -> dict[str, Subject]:
    """The tables of some files and folders, by file name; of two of one name the first."""
    found: dict[str, Subject] = {}
    for taken in take_in(paths):
        event = taken.event
        if isinstance(event, DatasetRegistered):
            frame = read_table(taken.data, event.reader)
            subject = Subject(event.dataset, event.reader, event.columns, frame, event.noun)
            found.setdefault(Path(event.path).name, subject)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tables", type=Path, action="append", default=[], help="a folder of more tables; may be given again"
    )
    parser.add_argument("--questions", type=int, default=20, help="accepted of each table and source (20)")
    parser.add_argument("--bindings", type=int, default=3, help="of each template and table (3)")
    parser.add_argument("--seed", type=int, default=0, help="of the streams (0)")
    parser.add_argument("--json", action="store_true", help="print one object instead of tables")
    return parser


def _written(name: str, subjects: Mapping[str, Subject]) -> Iterator[Outcome]:
    for case in cases(name):
        yield outcome(case, CLASSES[name][case["id"]], subjects.get(case["table"]))


def _classes(written: Mapping[str, Sequence[Outcome]]) -> Iterator[tuple[str, ...]]:
    for name, outcomes in written.items():
        ran = [one for one in outcomes if one.run]
        caught, refused = sum(one.caught for one in ran), sum(one.refused for one in ran)
        yield (
            name.replace("_", " "),
            str(len(ran)),
            str(caught),
            share(caught, len(ran)),
            str(sum(one.complete for one in ran)),
            f"{refused} ({share(refused, len(ran))})",
            str(len(outcomes) - len(ran)),
        )


def _means(written: Mapping[str, Sequence[Outcome]]) -> Iterator[tuple[str, ...]]:
    """By what the caught ones were: how often in each class."""
    counted = {
        name: Counter(one.means for one in outcomes if one.caught) for name, outcomes in written.items()
    }
    for means in MEANS:
        yield (means, *(str(count[means]) for count in counted.values()))


def _misses(written: Mapping[str, Sequence[Outcome]]) -> Iterator[str]:
    for outcomes in written.values():
        for one in outcomes:
            if not one.run:
                yield f"  not run: {one.case}: {one.explained}"
            elif not one.caught or one.refused:
                yield f"  miss: {one.case}: {one.explained}"


def _made(unsettled: Sequence[Made]) -> Iterator[tuple[str, ...]]:
    for kind in ("axis", "method", "constant"):
        of_kind = [one for one in unsettled if one.kind == kind]
        ambiguous = [one for one in of_kind if one.ambiguous]
        caught = sum(one.caught for one in ambiguous)
        yield (kind, str(len(of_kind)), str(len(ambiguous)), str(caught), share(caught, len(ambiguous)))


def _missed(unsettled: Sequence[Made]) -> Iterator[str]:
    missed = Counter((one.kind, one.name) for one in unsettled if one.ambiguous and not one.caught)
    for (kind, name), times in missed.most_common():
        yield f"  miss: {kind} {name}, {times} times"


def _templates(tallies: Sequence[Tally]) -> Iterator[tuple[str, ...]]:
    named = [one for one in tallies if one.name in NAMED]
    yield _summed("all", tallies)
    yield _summed(f"{len(named)} of the {len(NAMED)} names", named)
    for one in tallies:
        yield _summed(one.name, [one])


def _summed(name: str, tallies: Sequence[Tally]) -> tuple[str, ...]:
    fired = sum(one.fired for one in tallies)
    unsaid, said = sum(one.open for one in tallies), sum(one.settled for one in tallies)
    return (name, str(fired), share(unsaid, fired), share(said, fired))


def _as_json(
    written: Mapping[str, Sequence[Outcome]],
    unsettled: Sequence[Made],
    untouched: tuple[int, int],
    tallies: Sequence[Tally],
) -> dict[str, object]:
    questions, refused = untouched
    return {
        "handwritten": {name: [asdict(one) for one in outcomes] for name, outcomes in written.items()},
        "made": [asdict(one) for one in unsettled],
        "untouched": {"questions": questions, "refused": refused},
        "templates": [asdict(one) for one in tallies],
    }


if __name__ == "__main__":
    main()
