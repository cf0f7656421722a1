"""What is asked of a model's server: how questions are solved, at what pace, and for how much money.

The command line is over the environment, that over the file of settings, that over defaults.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from actors.teaching.money import Prices
from actors.teaching.prompting import Protocol
from events.struct import Fact
from events.trace import SCRIPTED
from store.durable import in_the_way, read_file

Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0, le=86400.0)]
Money = Annotated[float, Meta(ge=0, le=1e6)]
ENVIRONMENT: Mapping[str, str] = {
    "OPENAI_BASE_URL": "base_url",
    "OPENAI_MODEL": "model",
    "OPENAI_API_KEY": "api_key",
}
"""The setting that each variable of the environment gives."""
_LIMITS = ("max_tokens", "max_completion_tokens")


class ModelOrdersError(ValueError):
    """A setting cannot be followed; the message names it, and where it stands."""


class UnfitServerError(ModelOrdersError):
    """The server cannot be the teacher's: its key, its model, or what it speaks."""


class ModelSettings(Fact, frozen=True):
    """What decides how a model solves a question; part of the identity of its traces and its episode."""

    prompts: str
    """Digest of the prompt files."""
    protocol: Protocol = "text"
    """How code is written: one fenced block, or one native tool call."""
    traces: Count = 5
    """Consistency traces to be had; all of 3 or 4, or four fifths of more, must agree."""
    max_turns: Count = 24
    """Messages after which a trace has given up."""
    max_corrections: Annotated[int, Meta(ge=0)] = 3
    """Messages that could not be used, of which a trace may tell the model; one more ends it."""
    max_repeats: Count = 3
    """How often in a row the same message may be said before the trace ends."""
    reply_tokens: Count = 2048
    """Tokens that one answer may have."""
    trace_tokens: Count = 60_000
    """Tokens that a trace's answers may have together."""
    trace_seconds: Seconds = 3600.0
    """Seconds that a trace's answers may take together, waiting and failed calls aside."""
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = 0.7
    """Randomness of sampling; none leaves it to the server."""
    seeded: bool = True
    """Whether each trace asks with a seed of its own, which some servers refuse."""
    extra: Mapping[str, Any] = {}
    """Further fields of each request, as they are."""


class ModelOrders(ModelSettings, frozen=True):
    """Every setting of a model as teacher; each name is also that of the key in the file."""

    prompts: str = ""
    """Not to be set: the digest of the prompt files in use."""
    base_url: str = ""
    """Where the server answers, such as http://127.0.0.1:8000/v1."""
    model: str = ""
    """The model's name, as the server knows it."""
    api_key: str = ""
    """The key; a server of one's own needs none."""
    limit_field: str = "max_tokens"
    """The field of a request that bounds an answer; newer hosted models want max_completion_tokens."""
    attempts: Count = 16
    """Attempts that are made at once."""
    ahead: Count = 1
    """Attempts at one question that are made at once; beyond one, some may turn out not to be needed."""
    deadline_seconds: Seconds = 120.0
    """How long one answer may take."""
    patience_seconds: Seconds = 600.0
    """How long a request is sent again and again before its try counts as lost."""
    tries: Count = 8
    """How often a request is sent before its try counts as lost."""
    price_prompt: Money = 0.0
    """What a million tokens of requests cost."""
    price_completion: Money = 0.0
    """What a million tokens of answers cost."""
    cap_run: Money | None = None
    """What one run may cost."""
    cap_day: Money | None = None
    """What all runs of one day in UTC may cost."""
    cap_episode: Money | None = None
    """What one episode may cost."""
    verbalise: bool = False
    """Whether it also puts template and procedural questions into other words."""

    def solving(self, prompts: str) -> ModelSettings:
        """The part of it that enters the ids of traces."""
        names = [field.name for field in msgspec.structs.fields(ModelSettings)]
        return ModelSettings(**{name: getattr(self, name) for name in names} | {"prompts": prompts})

    @property
    def prices(self) -> Prices:
        """What tokens cost."""
        return Prices.of(self.price_prompt, self.price_completion)


def read_model_orders(
    given: Mapping[str, Any], file: Path, environment: Mapping[str, str], *, required: bool = False
) -> ModelOrders:
    """The settings in force.

    Args:
        given: what the command line says, by setting.
        file: the file of settings, which need not be there.
        environment: the variables of the environment.
        required: whether the file was named, and so must be there.

    Raises:
        ModelOrdersError: the file cannot be read, a setting is unknown or has a bad value, or one is missing.
    """
    written = _written(file, required=required)
    from_environment = {
        setting: environment[name] for name, setting in ENVIRONMENT.items() if environment.get(name)
    }
    try:
        orders = msgspec.convert(written | from_environment | dict(given), ModelOrders)
    except msgspec.ValidationError as problem:
        raise ModelOrdersError(
            f"{_origin(written, file)}: {problem}; docs/teachers.md lists all settings"
        ) from problem
    amiss = _amiss(orders)
    if amiss is not None:
        raise ModelOrdersError(f"{_origin(written, file)}: {amiss}")
    return orders


def _written(file: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(file).decode())
    except FileNotFoundError as problem:
        if not required:
            return {}
        raise ModelOrdersError(f"{file}: there is no such file; check the path") from problem
    except OSError as problem:
        raise ModelOrdersError(
            in_the_way(problem) or f"{file}: {problem.strerror}; make it readable"
        ) from problem
    except (ValueError, RecursionError) as problem:
        raise ModelOrdersError(f"{file}: this is no TOML: {problem}") from problem


def _origin(written: Mapping[str, Any], file: Path) -> str:
    return str(file) if written else "the model's settings"


def _amiss(orders: ModelOrders) -> str | None:
    """Why the settings cannot be followed as a whole; None when they can."""
    caps = (orders.cap_run, orders.cap_day, orders.cap_episode)
    if orders.prompts:
        return "prompts is not to be set: it is the digest of the prompt files in use"
    if not orders.base_url:
        return "no server is named; use --base-url, OPENAI_BASE_URL or base_url in the file of settings"
    if not orders.base_url.startswith(("http://", "https://")):
        return f"base_url {orders.base_url!r} is no address of the form http://127.0.0.1:8000/v1"
    if not orders.model:
        return "no model is named; use --model, OPENAI_MODEL or model in the file of settings"
    if orders.model == SCRIPTED:
        return f"no model may be called {SCRIPTED}: its episodes would pass for scripted ones"
    if orders.limit_field not in _LIMITS:
        return f"limit_field {orders.limit_field!r} is none of {' and '.join(_LIMITS)}"
    if any(cap is not None for cap in caps) and not orders.prices.told:
        return "a cap on money needs price_prompt and price_completion, per million tokens"
    return None
