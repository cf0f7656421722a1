"""The command that writes files for others."""

from pathlib import Path

import click

from actors.terminal.options import common
from actors.terminal.output import Output
from actors.terminal.reports import exported
from store.export.formats import FORMATS
from store.export.writing import export_rows
from store.home import Home
from store.replay import rebuild


@click.command()
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@common
def export(form: str, home: Path, quiet: bool, as_json: bool) -> None:
    """Write verified episodes for others: sft, sft_turns, sft_text, dpo, reward, stepwise or rl."""
    from actors.exporting.harvesting import harvest_of  # noqa: PLC0415  reads tables: the data stack

    place = Home(home)
    harvest = harvest_of(place, rebuild(place))
    Output(as_json, quiet).result(*exported(export_rows(place, harvest, form)))
