"""What a worker's container may do: next to nothing. The whole checklist stands here, and is tested."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors.workers.sandbox.version import PROGRAM, digest_of_files
from events.identity import identify

LABEL_OWNER = "tracegate.owner"
LABEL_PLACE = "tracegate.place"
LABEL_SOURCES = "tracegate.sources"
BUILD = "build it with actors/workers/image/build.sh"
"""What to do about an image."""
USER = "65532:65532"
PATIENCE_SECONDS = 60
"""The program inside exits by itself after so long without a ping."""
DOOR = "/run/tracegate"
"""Where a container finds the folder that it shares with its host, if it shares one."""
SOCKET = "worker"
"""The name of the socket in there."""
PROCESSES = 512
OPEN_FILES = 1024
TMP_MIB, TMP_FILES = 1024, 65_536
"""MiB and files that all sessions may have: more than one can make before it is seen to have too much."""
PODMAN_TASKS = 4096
"""Podman sets a limit of its own beside those it is given, which may be more than it is allowed to."""

_SOURCES = (
    *PROGRAM,
    "actors/workers/image/Dockerfile",
    "actors/workers/image/requirements.lock",
)


@dataclass(frozen=True)
class Owner:
    """Whose a container is."""

    home: str
    """The home's id, which it keeps wherever it is moved."""
    place: str = ""
    """A digest of where the home lies, by which it is told from a copy of it that has the same id."""

    @property
    def labels(self) -> dict[str, str]:
        """What its containers carry."""
        return {LABEL_OWNER: self.home, LABEL_PLACE: self.place}


def owner_of(home: str, root: Path) -> Owner:
    """The owner that a home is: its id and its real path, which may be no UTF-8."""
    path = os.fsencode(root.resolve()).decode("utf-8", "backslashreplace")
    return Owner(home, identify("place", path))


def sources_digest() -> str:
    """The digest of everything that an image is built from; `image/build.sh` computes the same one."""
    return digest_of_files(_SOURCES)


def container_config(  # noqa: PLR0913  three of them have defaults
    image: str,
    owner: Owner,
    memory_bytes: int,
    cpus: int,
    *,
    podman: bool = False,
    door: Path | None = None,
    removes_itself: bool = False,
) -> dict[str, Any]:
    """The body of a create request.

    Args:
        image: tag or id of the worker image.
        owner: whose it is.
        memory_bytes: for all sessions of the container together; there is no swap beyond it.
        cpus: how many CPUs it may keep busy.
        podman: whether the engine is Podman's.
        door: the folder that it shares with its host, with a socket in it for its channel.
        removes_itself: whether the engine is to remove it as soon as it has ended, unasked.
    """
    way = [] if door is None else ["--socket", f"{DOOR}/{SOCKET}"]
    return {
        "Image": image,
        "Cmd": ["--patience", str(PATIENCE_SECONDS), "--own-disk", *way],
        "User": USER,
        "Tty": False,
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "Labels": owner.labels,
        "HostConfig": _host_config(memory_bytes, cpus, podman=podman)
        | _shared(door)
        | {"AutoRemove": removes_itself},
    }


def _shared(door: Path | None) -> dict[str, Any]:
    """The mount of what it shares. A socket can be connected to where nothing can be written."""
    if door is None:
        return {}
    return {"Mounts": [{"Type": "bind", "Source": os.fspath(door), "Target": DOOR, "ReadOnly": True}]}


def _host_config(memory_bytes: int, cpus: int, *, podman: bool) -> dict[str, Any]:
    tasks = [{"Name": "nproc", "Soft": PODMAN_TASKS, "Hard": PODMAN_TASKS}] if podman else []
    return {
        "NetworkMode": "none",
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "ReadonlyRootfs": True,
        "Tmpfs": {"/tmp": _tmp(podman=podman)},  # noqa: S108  a mount point inside the container
        "ShmSize": 16 * 1024**2,
        "Memory": memory_bytes,
        "MemorySwap": memory_bytes,
        "PidsLimit": PROCESSES,
        "NanoCpus": cpus * 10**9,
        "IpcMode": "private",
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
            *tasks,
        ],
        # The json-file driver would write every frame to the host's disk; attaching works without it.
        "LogConfig": {"Type": "none", "Config": {}},
        "Privileged": False,
        "Binds": [],
        "Devices": [],
    }


def _tmp(*, podman: bool) -> str:
    options = f"rw,noexec,nosuid,nodev,size={TMP_MIB}m,mode=1777"
    # Podman does not know it: there files count against the memory alone.
    return options if podman else f"{options},nr_inodes={TMP_FILES}"
