"""What is exported is loaded by the `datasets` library as it was written, offline; needs the extra `export` and it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from actors.exporting.harbor.tasks import harbor
from store.export.formats import FORMATS
from store.export.harvest import Harvest
from store.export.tables import ExtraMissingError, library
from store.export.writing import export, make
from store.home import Home
from store.splits import Splits, TablePlace
from tests.history import told
from tests.store.test_export import parted

LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
found = {}
for name in get_dataset_config_names(sys.argv[1]):
    loaded = load_dataset(sys.argv[1], name)
    found[name] = {split: list(rows) for split, rows in loaded.items()}
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every export of ours."""
    home = Home(tmp_path_factory.mktemp("loading") / "home")
    state = parted(told(2).state())
    harvest = Harvest(state, Splits({dataset: TablePlace("train", ()) for dataset in state.datasets.by_id}))
    for name in (*FORMATS, "hub", "verl"):
        export(home, harvest, name, make(harvest, name))
    export(home, harvest, "harbor", harbor(harvest, lambda _: b"mass,species\n1,a\n"))
    return home


def loaded(folder: Path, tmp_path: Path) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Every row by configuration and split."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(done.stdout)
    return found


def rows(home: Home, name: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of a format by split, as its lines of JSON have them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((home.exports / name).glob("*/*.jsonl")):
        found.setdefault(path.stem, []).extend(map(json.loads, path.read_bytes().splitlines()))
    return found


def ordered(given: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    return {split: sorted(json.dumps(row, sort_keys=True) for row in rows) for split, rows in given.items()}


@pytest.fixture(scope="module")
def hub(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[dict[str, Any]]]]:
    return loaded(home.exports / "hub", tmp_path_factory.mktemp("hub"))


@pytest.mark.full
def test_each_configuration_of_the_hub_folder_loads_to_exactly_the_rows_of_its_format(
    home: Home, hub: dict[str, Any]
) -> None:
    assert hub.keys() == FORMATS.keys()
    assert {name: ordered(hub[name]) for name in hub} == {name: ordered(rows(home, name)) for name in FORMATS}


@pytest.mark.full
def test_tool_schemas_come_back_as_they_were_and_no_member_is_made_up(hub: dict[str, Any]) -> None:
    schemas = [
        row["tools"] for splits in hub.values() for rows in splits.values() for row in rows if "tools" in row
    ]
    assert schemas
    assert all(one == schemas[0] for one in schemas)
    messages = [one for row in hub["sft"].popitem()[1] for one in row["messages"]]
    assert {one["role"]: set(one) for one in messages} == {
        "system": {"role", "content"},
        "user": {"role", "content"},
        "assistant": {"role", "content", "tool_calls"},
    }


@pytest.mark.full
@pytest.mark.parametrize("name", ["sft", "stepwise"])
def test_a_folder_of_rows_loads_by_source_and_split(home: Home, tmp_path: Path, name: str) -> None:
    found = loaded(home.exports / name, tmp_path)
    assert found.keys() == {"template", "procedural"}
    for source, splits in found.items():
        written = {
            path.stem: [json.loads(line) for line in path.read_bytes().splitlines()]
            for path in (home.exports / name / source).glob("*.jsonl")
        }
        assert ordered(splits) == ordered(written)


@pytest.mark.full
def test_the_folder_for_verl_loads_with_a_ground_truth_that_no_prompt_shows(
    home: Home, tmp_path: Path
) -> None:
    (splits,) = loaded(home.exports / "verl", tmp_path).values()
    for row in (row for rows in splits.values() for row in rows):
        assert row.keys() == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
        truth = json.loads(row["reward_model"]["ground_truth"])
        assert truth["answers"] == [{"mean_mass": 4201.754386}]
        assert "4201" not in json.dumps(row["prompt"])


@pytest.mark.full
def test_harbor_tasks_are_listed_with_their_instructions_and_lineage(home: Home, tmp_path: Path) -> None:
    (splits,) = loaded(home.exports / "harbor", tmp_path).values()
    tasks = [row for rows in splits.values() for row in rows]
    assert len(tasks) == 4
    for row in tasks:
        assert row["instruction"].startswith("What is the mean mass")
        assert row["name"] == f"{row['metadata']['source']}-{row['metadata']['question']}"
        assert {"environment/Dockerfile", "tests/test.sh", "tests/grade.py"} <= {*row["files"]}


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissingError, match=r"pip install '\.\[export\]'"):
        library()
