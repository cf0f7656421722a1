"""What each level holds a session to: the one list that `doctor`, `docs/wall.md` and the tests read.

At level `process` a limit is enforced against accidents: without a wall, who means to get around it does.
"""

from typing import Literal

from actors.workers.containers import TMP_FILES, TMP_MIB
from actors.workers.sandbox.child import GRACE
from actors.workers.sandbox.confine import MAX_FILE_BYTES, MAX_OPEN_FILES, MORE_TASKS
from actors.workers.sandbox.framing import MAX_RECORD
from actors.workers.sandbox.survey import MAX_BYTES, MAX_FILES, MOST_THREADS
from events.frames import Limits
from events.struct import Fact
from events.trace import Level

Strength = Literal["enforced", "sampled", "absent"]
"""Held by kernel or supervisor; looked at now and then; not held at all."""

_MIB = 1024**2
_HAD = Limits()
NEEDS_KERNEL = "Linux 6.2 or newer with Landlock"
NEEDS_CONTAINER = "--workers docker, after actors/workers/image/build.sh"


class Hold(Fact, frozen=True):
    """How one level holds a session to one thing."""

    strength: Strength
    """Whether it does."""
    how: str
    """By what, or why not."""


class Guarantee(Fact, frozen=True):
    """One thing that a session is held to, at each level."""

    what: str
    """What it may not, or not more of."""
    most: str
    """How much it may; empty where that is nothing."""
    process: Hold
    """At level `process`."""
    sandbox: Hold
    """At level `sandbox`."""
    container: Hold
    """At level `container`."""
    bare: Hold | None = None
    """In a container whose sessions have no wall each; None where it is as in others."""

    def at(self, level: Level) -> Hold:
        """How a level holds to it."""
        return {"process": self.process, "sandbox": self.sandbox, "container": self.container}[level]

    def raised_by(self, level: Level) -> str:
        """What makes it enforced where a level does not; empty where it is, or nothing would."""
        if self.at(level).strength == "enforced":
            return ""
        if level == "process" and self.sandbox.strength == "enforced":
            return NEEDS_KERNEL
        return NEEDS_CONTAINER if self.container.strength == "enforced" else ""


def _by(how: str) -> Hold:
    return Hold("enforced", how)


def _sampled(how: str) -> Hold:
    return Hold("sampled", how)


def _absent(why: str) -> Hold:
    return Hold("absent", why)


def _everywhere(what: str, most: str, how: str) -> Guarantee:
    return Guarantee(what, most, _by(how), _by(how), _by(how))


def _walled(what: str, how: str, beside: str, without: str = "no wall") -> Guarantee:
    """What the wall of each session does, inside a container too, and what the container does beside it."""
    bare = _absent(f"no wall of its own; {beside}" if beside else "no wall of its own")
    return Guarantee(what, "", _absent(without), _by(how), _by(f"{how}; {beside}" if beside else how), bare)


_UNWALLED = _absent("no wall of its own")
_DIES = "signal at the death of its parent"
_NO_GROUP = _absent("no control group")
_OWN_FOLDER = _sampled("its folder is looked at: the session ends")
_OWN_DISK = _sampled("its folder is looked at, and what is free: the session ends")
_COUNTED = _sampled("they are counted: the session ends")
_NO_DISK = _absent("no file system of its own")
LIMITS = (
    _everywhere(
        "wall time of a cell", f"{_HAD.cell_seconds:g} s", f"interrupt, state kept; {GRACE:g} s later a kill"
    ),
    _everywhere("CPU time of a session", f"{_HAD.cpu_seconds} s", "rlimit, for its whole life"),
    _everywhere(
        "memory of a session", f"{_HAD.memory_bytes // 1024**3} GiB of address space", "rlimit: MemoryError"
    ),
    Guarantee(
        "memory in pipes and sockets of a session",
        "64 MiB",
        _absent("no wall"),
        _by("seccomp: none is made larger, and no descriptor is on its way"),
        _by("seccomp: none is made larger, and no descriptor is on its way"),
        _UNWALLED,
    ),
    Guarantee(
        "memory of all sessions", "by the machine's, without swap", _NO_GROUP, _NO_GROUP, _by("control group")
    ),
    Guarantee(
        "processes of a session",
        "1",
        _absent("no wall"),
        _by("seccomp"),
        _by("seccomp"),
        _absent("no wall of its own; those of all sessions by the control group"),
    ),
    Guarantee("threads of a session", f"{MOST_THREADS}", _COUNTED, _COUNTED, _COUNTED),
    Guarantee(
        "threads of all sessions",
        f"{MORE_TASKS:,} beside those of the machine, 512 in a container",
        _absent("root is not bound"),
        _by("rlimit"),
        _by("control group"),
    ),
    Guarantee(
        "open files of a session",
        f"{MAX_OPEN_FILES}",
        _by("rlimit"),
        _by("rlimit; seccomp: none is on its way, no thread has its own"),
        _by("rlimit; seccomp: none is on its way, no thread has its own"),
        _by("rlimit"),
    ),
    _everywhere("size of a file", f"{MAX_FILE_BYTES // _MIB} MiB", "rlimit"),
    Guarantee(
        "disk of a session",
        f"{MAX_BYTES // _MIB} MiB, {MAX_FILES:,} files",
        _OWN_FOLDER,
        _OWN_FOLDER,
        _OWN_DISK,
    ),
    Guarantee(
        "disk of all sessions", f"{TMP_MIB:,} MiB, {TMP_FILES:,} files", _NO_DISK, _NO_DISK, _by("tmpfs")
    ),
    _everywhere(
        "printed text that is kept", f"{_HAD.output_chars:,} characters a stream", "the rest is counted"
    ),
    _everywhere("record of a cell", f"{MAX_RECORD // _MIB} MiB", "a longer frame ends the session"),
)
"""Of what a session may have so much, and no more."""

BOUNDS = (
    _walled("network", "seccomp: no socket but pairs of its own", "no network but loopback"),
    _walled("reading files", "Landlock: its own folder and what is listed", "no file of the host"),
    _walled("writing files", "Landlock: its own folder", "read-only root"),
    _walled("starting programs", "seccomp, Landlock", "no folder that can be executed from"),
    _walled("signals to others", "seccomp; Landlock from Linux 6.12 on", ""),
    _walled("looking into others", "seccomp; not dumpable", "process ids of its own"),
    _walled(
        "privileges",
        "none can be gained; root becomes user 65532",
        "user 65532 from the start, no capabilities",
        "what the user has",
    ),
    _walled("system calls that computing does not need", "seccomp", "the engine's profile"),
    _everywhere("what was inherited", "its channel", "descriptors closed, environment cleared"),
    Guarantee(
        "outliving its supervisor",
        "",
        _by(_DIES),
        _by(f"{_DIES}; seccomp: a branch stays in its session of processes, of which the host leaves none"),
        _by(f"{_DIES}; the container ends with its first process"),
    ),
)
"""What a session may not do at all, but for what is named."""

IN_BUBBLE = {
    "disk of a session": _OWN_DISK,
    "disk of all sessions": _by("tmpfs: its bytes, and no number of files"),
    "network": _by("seccomp: no socket but pairs of its own; no network but loopback"),
    "reading files": _by("Landlock: its own folder and what is listed; nothing else is there"),
    "writing files": _by("Landlock: its own folder; all else is read-only"),
    "looking into others": _by("seccomp; not dumpable; process ids of its own"),
    "privileges": _by("none can be gained; a user namespace without capabilities"),
}
"""How these are held at `sandbox` where bubblewrap is around the worker; the others as without."""


def held_to(one: Guarantee, level: Level, *, in_bubble: bool = False, in_container: bool = False) -> Hold:
    """How a session is held to something.

    Args:
        one: the thing.
        level: how strong the wall is.
        in_bubble: whether bubblewrap is around its worker.
        in_container: whether a container is.
    """
    if in_container and level == "process":
        return one.bare or one.container
    bubble = IN_BUBBLE.get(one.what) if in_bubble and level == "sandbox" else None
    return bubble or one.at(level)
