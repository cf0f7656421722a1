"""The commands that write files for others."""

from pathlib import Path

import click

from actors.terminal.options import common
from actors.terminal.output import Output
from actors.terminal.reports import exported
from store.export.sft import export_sft
from store.home import Home
from store.replay import rebuild


@click.group()
def export() -> None:
    """Files for others."""


@export.command()
@common
def sft(home: Path, quiet: bool, as_json: bool) -> None:
    """Verified episodes as messages for supervised fine-tuning."""
    Output(as_json, quiet).result(*exported(export_sft(Home(home), rebuild(Home(home)))))
