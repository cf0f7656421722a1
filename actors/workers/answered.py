"""What a Docker Engine answers, as far as it is read here: whatever else speaks HTTP answers otherwise."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Part(msgspec.Struct, rename="pascal"):
    """A program that an engine consists of."""

    name: str = ""


class Version(msgspec.Struct, rename="pascal"):
    """Its answer to `version`."""

    version: str
    api_version: str
    components: list[Part] | None = None

    @property
    def is_podman(self) -> bool:
        """Whether it is Podman's."""
        return any("podman" in part.name.lower() for part in self.components or ())


class Size(msgspec.Struct, rename={"cores": "NCPU", "memory": "MemTotal"}):
    """Its answer to `info`: the cores and the bytes of memory of its machine."""

    cores: int
    memory: int


class Config(msgspec.Struct, rename="pascal"):
    """How an image was built."""

    labels: dict[str, str] | None = None


class Image(msgspec.Struct, rename="pascal"):
    """Its answer to a question about an image."""

    id: str
    config: Config | None = None


class Listed(msgspec.Struct, rename="pascal"):
    """One of the containers that it lists."""

    labels: dict[str, str] | None
    state: str


class Pruned(msgspec.Struct, rename={"containers": "ContainersDeleted"}):
    """Its answer when it was to remove those that have ended."""

    containers: list[str] | None = None


class State(msgspec.Struct, rename="pascal"):
    """How a container is."""

    paused: bool
    pid: int


class Inspected(msgspec.Struct, rename="pascal"):
    """Its answer to a question about a container."""

    state: State


class Processes(msgspec.Struct, rename="pascal"):
    """What runs in a container: for each the columns that were asked for."""

    processes: list[list[str]]


def shaped(answer: Any, kind: type[T]) -> T:
    """An answer of this kind.

    Raises:
        msgspec.ValidationError: it is none; within `asking` that becomes an `EngineProblem`.
    """
    return msgspec.convert(answer, kind)
