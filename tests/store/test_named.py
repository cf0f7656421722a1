"""Which blobs events name: nothing that is named may ever be dropped, so no field may be forgotten."""

import ast
from collections.abc import Iterator
from pathlib import Path

import events
from events.trace import Executed
from store.named import blobs_of
from store.replay import counted_blobs
from tests.history import attempt, dataset_registered, question, told
from tests.store.log.test_keeping import naming


def described_fields() -> Iterator[tuple[str, str, str]]:
    """Class, field and docstring of every field in the vocabulary."""
    (folder,) = events.__path__
    for file in sorted(Path(folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                for one, told_by in zip(node.body, node.body[1:], strict=False):
                    if isinstance(one, ast.AnnAssign) and isinstance(told_by, ast.Expr):
                        yield node.name, ast.unparse(one.target), ast.unparse(told_by)


def test_every_field_that_is_the_digest_of_a_blob_is_known_to_name_one() -> None:
    said = {
        (name, field)
        for name, field, text in described_fields()
        if "blob" in text.lower() and "digest" in text.lower()
    }
    assert said == {("DatasetRegistered", "blob"), ("Executed", "outputs")}, "store/named.py must know it too"


def test_a_table_names_its_bytes_and_an_attempt_its_long_outputs() -> None:
    table, ended = dataset_registered(), naming()
    assert blobs_of(table) == (table.blob,)
    assert blobs_of(ended) == (ended.executed[1].outputs,)
    assert isinstance(ended.executed[0], Executed)
    assert blobs_of(attempt(question(table.dataset, "template", 0), "gold", 0, None)) == ()


def test_no_other_event_names_any() -> None:
    history = told()
    by_event = {digest for recorded in history.events for digest in blobs_of(recorded.event)}
    assert by_event == {dataset_registered().blob} == set(counted_blobs(history.state()))
