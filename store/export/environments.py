"""Questions to be solved by whoever learns from trying: no answer, no hint and no program is in a row.

{"prompt": […], "tools": [TOOL], "contract": {…}, "environment": {"table": digest, "dataset": id,
 "question": id, "reader": {…}, "limits": {…}}, "lineage": {…}}
"""

from collections.abc import Iterator

import msgspec

from store.export.conversation import TOOL, asked
from store.export.harvest import Harvest, Row


def rl(harvest: Harvest) -> Iterator[Row]:
    """Each question of an episode, once."""
    for judged, question, split in harvest.episodes():
        lineage = harvest.lineage(judged, question, split)
        yield {
            "prompt": asked(question),
            "tools": [TOOL],
            "contract": msgspec.to_builtins(question.contract),
            "environment": {
                "table": lineage["table"],
                "dataset": question.dataset,
                "question": question.id,
                "reader": msgspec.to_builtins(question.recipe.reader),
                "limits": dict(harvest.limits),
            },
            "lineage": lineage,
        }
