"""Questions for verl: `data_source`, `prompt`, `ability`, `reward_model`, `extra_info`, a file a split.

The ground truth is JSON: the contract and the accepted answers, for a reward function on the host. It is no
part of the prompt.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from events.identity import canonical_json
from store.export.card import CARD, LINEAGE, folder_card
from store.export.conversation import asked
from store.export.harvest import Harvest, Row
from store.export.hub import by_split
from store.export.tables import WHOLE, library, written

_TOLD = "`reward_model.ground_truth` is JSON: the answer's contract, and the accepted answers."


def verl(harvest: Harvest) -> tuple[dict[str, bytes], dict[str, int]]:
    """The bytes of each file by its path in the folder, and how many rows each holds; touches no disk.

    Raises:
        ExtraMissingError: the extra `export` is not installed.
    """
    split_rows = by_split(rows(harvest))
    files = {f"{split}.parquet": _parquet(found) for split, found in split_rows.items()}
    card = folder_card(harvest, "Questions with a checkable answer, for verl", (_TOLD,), _header(files))
    return files | {CARD: card}, {f"{split}.parquet": len(found) for split, found in split_rows.items()}


def rows(harvest: Harvest) -> list[Row]:
    """A row for each question, its lineage beside."""
    found: list[Row] = []
    for judged, question, split in harvest.episodes():
        truth = {"contract": question.contract, "answers": question.answers}
        lineage = harvest.lineage(judged, question, split)
        found.append(
            {
                "data_source": f"tracegate/{question.source}",
                "prompt": asked(question),
                "ability": "data-analysis",
                "reward_model": {"style": "rule", "ground_truth": canonical_json(truth).decode()},
                "extra_info": lineage | {"reader": msgspec.json.encode(question.recipe.reader).decode()},
                "lineage": lineage,
            }
        )
    return found


def _header(files: Mapping[str, bytes]) -> tuple[str, ...]:
    splits = [(path.removesuffix(".parquet"), path) for path in files]
    paths = [line for split, path in splits for line in (f"  - split: {split}", f"    path: {path}")]
    return ("configs:", "- config_name: default", "  data_files:", *paths)


def _parquet(found: list[Row]) -> bytes:
    arrow = library()
    names = ("data_source", "prompt", "ability", "reward_model", "extra_info")
    schema = arrow.schema(list(zip(names, _types(arrow), strict=True)))
    return written(arrow.Table.from_pylist([{name: row[name] for name in names} for row in found], schema))


def _types(arrow: Any) -> tuple[Any, ...]:
    text = arrow.string()
    message = arrow.struct([("role", text), ("content", text)])
    lineage = [(one, arrow.int64() if one in WHOLE else text) for one in LINEAGE]
    truth = arrow.struct([("style", text), ("ground_truth", text)])
    return text, arrow.list_(message), text, truth, arrow.struct([*lineage, ("reader", text)])
