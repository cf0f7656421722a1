"""The command that writes files for others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from actors.terminal.options import common
from actors.terminal.output import GivenPath, Output
from actors.terminal.reports import exported
from store.blobs import Blobs
from store.export.formats import FORMATS
from store.export.writing import FOLDERS, demand_episodes, export as write, make
from store.home import Home
from store.replay import rebuild
from store.splits import SPLITS, Split

HARBOR = "harbor"


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice([*FORMATS, *FOLDERS, HARBOR]))
@click.option("--split", "splits", multiple=True, type=click.Choice(SPLITS), help="Only this one.")
@click.option("--decontaminate", "benchmark", type=GivenPath(path_type=Path), metavar="DIRECTORY",
              help="Leave out what a benchmark's files have in common with the home.")  # fmt: skip
@common
def export(form: str, splits: tuple[Split, ...], benchmark: Path | None, **given: Any) -> None:
    """Write verified episodes for others.

    Rows: sft, sft_turns, sft_text, dpo, reward, stepwise, rl. Folders: hub, verl, sessions, harbor.
    """
    from actors.exporting.decontamination import compare  # noqa: PLC0415  reads tables: the data stack
    from actors.exporting.harbor.tasks import harbor  # noqa: PLC0415  as above
    from actors.exporting.harvesting import harvest_of  # noqa: PLC0415  as above

    place, output = Home(given["home"]), Output(given["as_json"], given["quiet"])
    state = rebuild(place)
    harvest = replace(harvest_of(place, state), chosen=splits or SPLITS)
    found = compare(place, state, benchmark) if benchmark is not None else None
    if found is not None:
        harvest = replace(harvest, left_out=found.left_out(state))
    demand_episodes(harvest)
    made = harbor(harvest, Blobs(place).get) if form == HARBOR else make(harvest, form)
    output.result(*exported(write(place, harvest, form, made), None if found is None else found.to_dict()))
