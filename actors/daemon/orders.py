"""What a daemon is asked: its command line, over its file of settings, over defaults."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from actors.job import WITHOUT_MODEL, NoModelError, sources_of
from actors.profiling.discover import printable
from actors.profiling.overrides import ReaderOverrides
from actors.teaching.orders import ModelOrders, ModelOrdersError, read_model_orders
from events.question import Source
from events.runtime import Setting
from events.struct import Fact
from store.durable import in_the_way, read_file

Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0, le=366 * 86400.0)]
"""At most a year: what has no end is no time to wait for."""


class OrdersError(ValueError):
    """A setting cannot be followed; the message names it, and the file."""


class Orders(Fact, frozen=True):
    """Every setting of a daemon; each name is also that of the key in the file."""

    paths: tuple[str, ...] = ()
    """Files and folders that are watched, absolute; none means the tables that the home knows."""
    sources: tuple[Source, ...] = WITHOUT_MODEL
    """Sources in scope."""
    seed: int = 0
    """Where all randomness derives from."""
    target: Count | None = None
    """Verified episodes to keep of each table and source; none means without end."""
    teacher: Literal["scripted", "openai"] = "scripted"
    """Who solves: a script, or the model that `teacher.toml` beside the file of settings names."""
    workers: Literal["auto", "docker", "local"] = "auto"
    """What runs the code."""
    allow_process_level: bool = False
    """What `--allow-process-level` says."""
    concurrency: Count = 4
    """Pieces of work that each actor has running at once."""
    window: Count = 64
    """Pieces of work that may be owed when a stretch of proposals is begun."""
    settle_seconds: Seconds = 1.0
    """How long a file must not change before it is read."""
    drain_seconds: Seconds = 10.0
    """How long running work may take to end once the daemon is asked to."""
    retry_seconds: Seconds = 60.0
    """How long after something was parked everything is begun anew; doubled each time, up to an hour."""
    encoding: str | None = None
    """What `--encoding` says."""
    delimiter: str | None = None
    """What `--delimiter` says."""
    header: Annotated[int, Meta(ge=0)] | None = None
    """What `--header` says."""
    missing: tuple[str, ...] | None = None
    """What `--missing` says."""

    @property
    def overrides(self) -> ReaderOverrides:
        """What a person says about the files."""
        return ReaderOverrides(self.encoding, self.delimiter, self.header, self.missing)

    @property
    def roots(self) -> tuple[Path, ...]:
        """What is watched."""
        return tuple(map(Path, self.paths))

    def to_dict(self) -> dict[str, Setting]:
        """Every setting by its name, as a log and a terminal can hold it."""
        return msgspec.structs.asdict(self) | {"paths": tuple(map(printable, self.paths))}


@dataclass(frozen=True)
class OrderBook:
    """Where orders are written down; they may be read again and again."""

    given: Mapping[str, Any]
    """What the command line says, by setting; it holds for the daemon's whole life."""
    file: Path
    """The file of settings."""
    required: bool = False
    """Whether the file was named, and so must be there."""

    def read(self) -> Orders:
        """The orders as they stand now.

        Raises:
            OrdersError: the file cannot be read, names a setting that there is not, or one has a bad value.
        """
        written = self._written()
        paths = self.given.get("paths")
        if paths is None:
            paths, folder = written.get("paths", ()), self.file.parent
        else:
            folder = Path()
        merged = written | dict(self.given) | {"paths": paths}
        try:
            orders = msgspec.convert(merged, Orders)
            sources = sources_of(orders.sources)
        except (msgspec.ValidationError, NoModelError) as problem:
            told = f"{self.origin or 'the command line'}: {problem}; docs/daemon.md lists all settings"
            raise OrdersError(told) from problem
        if (amiss := orders.overrides.amiss) is not None:
            raise OrdersError(f"{self.origin or 'the command line'}: {amiss}")
        return msgspec.structs.replace(orders, sources=sources, paths=self._found(orders.paths, folder))

    def model(self, orders: Orders) -> ModelOrders | None:
        """The model that solves, as it is written down now; None where a script does.

        Raises:
            OrdersError: what is said of it cannot be followed.
        """
        if orders.teacher == "scripted":
            return None
        file = self.file.with_name("teacher.toml")
        try:
            model = read_model_orders({}, file, os.environ)
        except ModelOrdersError as problem:
            raise OrdersError(str(problem)) from problem
        if model.cap_run is not None:
            raise OrdersError(f"{file}: cap_run bounds a run, and a daemon's has no end; use cap_day")
        return model

    @property
    def origin(self) -> str:
        """The file, where there is one."""
        return str(self.file) if self.required or _amiss(self.file) is not _NOTHING else ""

    def _written(self) -> dict[str, Any]:
        if not self.origin:
            return {}
        try:
            return tomllib.loads(read_file(self.file).decode())
        except OSError as problem:
            told = in_the_way(problem) or f"{self.file}: {problem.strerror}; make it readable"
            raise OrdersError(told) from problem
        except (
            ValueError,
            RecursionError,
        ) as problem:  # also a number of too many digits, or nested too deep
            raise OrdersError(f"{self.file}: this is no TOML: {problem}") from problem

    def _found(self, paths: Sequence[str], folder: Path) -> tuple[str, ...]:
        """The paths in full, each once; relative ones of a file are below its folder."""
        full = tuple(dict.fromkeys(os.path.abspath(folder / path) for path in paths))  # noqa: PTH100  links stay
        for path in full:
            if (amiss := _amiss(Path(path))) is not None:
                raise OrdersError(f"cannot watch {printable(path)}, which {amiss}")
        return full


_NOTHING = "does not exist; check the path"


def _amiss(path: Path) -> str | None:
    """Why a path cannot be watched or read; None when something is there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _NOTHING
    except OSError as problem:
        return f"cannot be looked at: {problem.strerror}; check the path, and who may search its folders"
    except ValueError as problem:
        return f"is no path: {problem}; check it"
    return None
