"""Commands that stand in files of their own: parse, wire, call, exit code. `cli.py` adds each of them.

What loads the data stack, or anything as heavy, is imported where the command runs: to ask for help costs no
seconds.
"""

import click

from actors.commands.evaluate import evaluate
from actors.commands.gate_commands import gate, smoke
from actors.commands.plan import plan
from actors.commands.train import train
from actors.terminal.export_commands import export
from actors.terminal.log_commands import log

COMMANDS: tuple[click.Command, ...] = (evaluate, export, gate, log, plan, smoke, train)
"""Every one of them."""
