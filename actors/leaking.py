"""What may not be trained on: what is like something held out, or stands in a declared benchmark."""

from collections.abc import Iterator
from pathlib import Path

from actors.exporting.decontamination import compare
from actors.exporting.harvesting import sketches_of, splits_of
from actors.gating.touched import event_of_dataset
from store.home import Home
from store.projections.state import State
from store.splits import leaks


def between_splits(home: Home, state: State) -> Iterator[str]:
    """What verified episodes have in common though they stand on two sides, found anew from content.

    Raises:
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    asked = {one.question for one in state.verified().values()} & state.questions.accepted.keys()
    questions = {key: state.questions.accepted[key] for key in sorted(asked)}
    splits = splits_of(home, state)
    sides = {key: splits.of(question) for key, question in questions.items()}
    for leak in leaks(sides, questions, sketches_of(home, state)):
        yield f"{leak.kind} {leak.held} is held out, and {leak.trained} is like it{_event(state, leak.held)}"


def with_benchmark(home: Home, state: State, folder: Path) -> Iterator[str]:
    """What verified episodes have in common with a benchmark's files.

    Raises:
        NoBenchmarkError: there is no such folder, or nothing in it that could be compared.
        BlobMissing, BlobCorrupt, OldBlobs: a table's bytes cannot be had.
    """
    counted = state.verified().values()
    datasets, questions = {one.dataset for one in counted}, {one.question for one in counted}
    found = compare(home, state, folder)
    for dataset, name in found.tables:
        if dataset in datasets:
            yield f"table {dataset} is like {name} of {folder}{_event(state, dataset)}"
    for question, _ in found.questions:
        if question in questions:
            yield f"question {question} is one of {folder}{_event(state, question)}"


def _event(state: State, key: str) -> str:
    """The event that can be acknowledged, which takes what stands on it out."""
    event = state.questions.events.get(key) or event_of_dataset(state, key)
    return f" (event {event})" if event else ""
