"""Settings of a model: where they come from, which hold, and what cannot be followed."""

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest

import cli
from actors.job import model_of
from actors.teaching.hiring import see_that_it_is_known
from actors.teaching.orders import ModelOrders, ModelOrdersError, UnfitServerError, read_model_orders
from store.home import Home

ROOT = Path(__file__).parents[2]
WHERE: dict[str, Any] = {"base_url": "http://127.0.0.1:1/v1", "model": "m"}


def read(file: Path, text: str = "", environment: dict[str, str] | None = None, **given: Any) -> ModelOrders:
    if text:
        file.write_text(text, "utf-8")
    return read_model_orders(given, file, environment or {})


def test_the_command_line_is_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    text = 'base_url = "http://file/v1"\nmodel = "file"\napi_key = "file"\nprotocol = "tools"\n'
    environment = {"OPENAI_MODEL": "environment", "OPENAI_API_KEY": "environment", "OPENAI_BASE_URL": ""}
    orders = read(tmp_path / "teacher.toml", text, environment, model="given")
    assert (orders.base_url, orders.model, orders.api_key) == ("http://file/v1", "given", "environment")
    assert orders.protocol == "tools"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "colour"),
        ("cap_run = -1", "cap_run"),
        ("cap_day = -0.5", "cap_day"),
        ("price_prompt = -2", "price_prompt"),
        ("cap_run = 5", "needs price_prompt and price_completion"),
        ("traces = 0", "traces"),
        ("temperature = 9", "temperature"),
        ('protocol = "guess"', "protocol"),
        ('limit_field = "most"', "max_tokens"),
        ('prompts = "x"', "not to be set"),
        ('model = "scripted"', "no model may be called scripted"),
        ('base_url = "localhost"', "no address of the form"),
        ("base_url = [", "no TOML"),
    ],
)
def test_what_cannot_be_followed_is_named_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "teacher.toml"
    given = {name: value for name, value in WHERE.items() if name not in text}
    with pytest.raises(ModelOrdersError, match=re.escape(told)) as problem:
        read(file, text, **given)
    assert str(file) in str(problem.value)


@pytest.mark.parametrize(
    ("missing", "told"), [("base_url", "no server is named"), ("model", "no model is named")]
)
def test_server_and_model_have_to_be_named(tmp_path: Path, missing: str, told: str) -> None:
    given = {name: value for name, value in WHERE.items() if name != missing}
    with pytest.raises(ModelOrdersError, match=told):
        read(tmp_path / "none.toml", **given)


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ModelOrdersError, match="no such file"):
        read_model_orders(WHERE, tmp_path / "none.toml", {}, required=True)


def test_settings_of_a_model_are_nothing_to_a_script(tmp_path: Path) -> None:
    assert model_of({"teacher": "scripted", "model": None}, Home(tmp_path), {"OPENAI_MODEL": "m"}) is None
    with pytest.raises(ModelOrdersError, match="add --teacher openai"):
        model_of({"teacher": "scripted", "model": "m"}, Home(tmp_path), {})


def test_rewording_needs_a_model_and_questions_that_can_be_reworded(tmp_path: Path) -> None:
    home, asked = Home(tmp_path), {"verbalise": True, **WHERE}
    with pytest.raises(ModelOrdersError, match="add --teacher openai"):
        model_of({"teacher": "scripted", "verbalise": True}, home, {})
    with pytest.raises(
        ModelOrdersError, match="--verbalise is for questions of sources template and procedural"
    ):
        model_of({"teacher": "openai", "sources": ("llm",), **asked}, home, {})
    for sources in ((), ("llm", "procedural")):
        orders = model_of({"teacher": "openai", "sources": sources, **asked}, home, {})
        assert orders is not None
        assert orders.verbalise
    unasked = model_of({"teacher": "openai", "sources": (), **WHERE, "verbalise": None}, home, {})
    assert unasked is not None
    assert not unasked.verbalise


def test_only_what_decides_how_a_question_is_solved_enters_ids() -> None:
    orders = ModelOrders(**WHERE)
    elsewhere = ModelOrders(
        base_url="http://elsewhere/v1", model="m", api_key="k", attempts=3, price_prompt=1.0, cap_run=9.0
    )
    assert orders.solving("p") == elsewhere.solving("p")
    assert orders.solving("p") != orders.solving("q")
    assert msgspec.structs.replace(orders, temperature=0.0).solving("p") != orders.solving("p")


def test_an_unknown_model_is_told_with_those_that_are_known() -> None:
    see_that_it_is_known("b", ["a", "b"])
    with pytest.raises(UnfitServerError, match="knows no model 'c'; it knows: a, b"):
        see_that_it_is_known("c", ["a", "b"])
    with pytest.raises(UnfitServerError, match="it knows: none"):
        see_that_it_is_known("c", [])
    with pytest.raises(UnfitServerError, match="and 92 more"):
        see_that_it_is_known("c", [f"m{number}" for number in range(100)])


def test_the_examples_of_the_readme_are_followed() -> None:
    lines = re.findall(
        r"\| `(python cli.py run [^`]*--teacher openai[^`]*)` \|", (ROOT / "README.md").read_text("utf-8")
    )
    assert len(lines) == 3
    for line in lines:
        context = cli.run.make_context("run", shlex.split(line)[3:])
        orders = model_of(context.params, Home(Path("nowhere")), {})
        assert orders is not None
        assert orders.base_url.endswith("/v1")


def test_every_setting_stands_on_its_page() -> None:
    told = (ROOT / "docs" / "teachers.md").read_text("utf-8")
    names = [field.name for field in msgspec.structs.fields(ModelOrders) if field.name != "prompts"]
    assert [name for name in names if f"`{name}`" not in told] == []
