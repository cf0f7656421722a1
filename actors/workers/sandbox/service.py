"""The whole of a worker: frames come in on stdin and go out on stdout, until stdin ends.

With `--socket` both go through a unix socket that its host listens on, until that is closed.
"""

import argparse
import os
import socket
import tempfile
from pathlib import Path

from actors.workers.sandbox import pins, supervisor
from actors.workers.sandbox.confine import clean_environment
from actors.workers.sandbox.library import environment, fingerprint, warm
from actors.workers.sandbox.litter import END_SECONDS, remove
from actors.workers.sandbox.rehearsal import rehearse
from actors.workers.sandbox.version import program_version
from actors.workers.sandbox.wall import missing
from events.frames import Ready


def main() -> None:
    """Take over stdin and stdout, import everything, and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patience", type=float, help="seconds without a ping after which to exit")
    parser.add_argument("--folder", type=Path, help="where sessions get their folders; removed at the end")
    parser.add_argument("--socket", help="path of the host's socket, to be used instead of stdin and stdout")
    parser.add_argument(
        "--own-disk", action="store_true", help="nobody else writes to the disk of that folder"
    )
    arguments = parser.parse_args()
    inlet, outlet = _taken(0), _taken(1)
    if arguments.socket is not None:
        inlet, outlet = _connected(arguments.socket)
    warm()
    rehearse()
    found = environment()
    folder = arguments.folder or Path(tempfile.mkdtemp())
    clean_environment(pins.PINS)
    try:
        unwalled = missing(folder)
        served = supervisor.Supervisor(
            inlet, outlet, folder, arguments.patience, walled=not unwalled, owns_disk=arguments.own_disk
        )
        served.serve(Ready(fingerprint(found), found | pins.PINS, unwalled, program_version()))
    finally:
        remove(folder, END_SECONDS)


def _connected(path: str) -> tuple[int, int]:
    """The two ends of a connection, as a descriptor each."""
    with socket.socket(socket.AF_UNIX) as host:
        host.connect(path)
        return os.dup(host.fileno()), host.detach()


def _taken(standard: int) -> int:
    """A private copy of a standard descriptor, which itself then leads nowhere."""
    private = os.dup(standard)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, standard)
    os.close(nowhere)
    return private
