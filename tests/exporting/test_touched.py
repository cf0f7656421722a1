"""What a failure touched is in no export once somebody acknowledged it: rows, folders for others, tasks."""

from collections.abc import Mapping
from io import BytesIO

import pytest

from actors.exporting.harbor.tasks import harbor
from events.gate import FailureAcknowledged, IntegrityFailureSimulated
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.export.writing import FOLDERS, make
from store.projections.state import State
from store.splits import Splits, TablePlace
from tests.history import told
from tests.store.test_export import parted

PARQUET = ("hub", "verl")
"""Folders whose rows need the extra `export`."""


def harvest_of(state: State) -> Harvest:
    places = {dataset: TablePlace("train", ()) for dataset in state.datasets.by_id}
    return Harvest(parted(state), Splits(places))


def read(name: str, harvest: Harvest) -> bytes:
    """All that an export holds, names of files too, with Parquet unpacked to the text of its rows."""
    made = harbor(harvest, lambda _: b"mass,species\n1,a\n") if name == "harbor" else make(harvest, name)
    return b"\n".join(path.encode() + b"\n" + plain(path, data) for path, data in made.files.items())


def plain(path: str, data: bytes) -> bytes:
    if not path.endswith(".parquet"):
        return data
    parquet = pytest.importorskip("pyarrow.parquet")
    return repr(parquet.read_table(BytesIO(data)).to_pylist()).encode()


def ids(state: State) -> Mapping[str, str]:
    """The question of each verified episode."""
    return {key: one.question for key, one in state.verified().items()}


@pytest.mark.parametrize("name", [*FORMATS, *FOLDERS, "harbor"])
def test_an_acknowledged_failure_takes_what_it_touched_out_of_every_export(name: str) -> None:
    if name in PARQUET:
        pytest.importorskip("pyarrow")
    history = told(2)
    whole = ids(history.state())
    touched = sorted(whole)[1]
    before = read(name, harvest_of(history.state()))
    failure = history.tell(IntegrityFailureSimulated("ungrounded_hook", touched))
    history.tell(FailureAcknowledged(failure.id, "it was a drill"))
    after = read(name, harvest_of(history.state()))
    assert {key for key in whole if whole[key].encode() in before} == whole.keys()
    assert {key for key in whole if whole[key].encode() in after} == whole.keys() - {touched}
    assert touched.encode() not in after
