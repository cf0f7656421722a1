"""What a daemon is asked: the command line over the file over defaults; what cannot be followed is named."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.daemon.orders import OrderBook, Orders, OrdersError
from events.runtime import SettingsRead
from events.wire import AnyRecorded, decode, encode


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "daemon.toml"


@pytest.fixture
def pipe(file: Path) -> Iterator[Path]:
    """A pipe in the place of the file, at whose other end nobody is, and no time to wait for anybody."""

    def late(*_: object) -> None:
        raise AssertionError("it waits for somebody to open the other end")

    os.mkfifo(file)
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(5)
    yield file
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def book(file: Path, text: str | None = None, **given: Any) -> OrderBook:
    if text is not None:
        file.write_text(text, encoding="utf-8")
    return OrderBook(given, file)


def test_without_a_file_and_a_word_the_defaults_hold(file: Path) -> None:
    assert book(file).read() == Orders()
    assert book(file).origin == ""


def test_the_file_is_read_again_whenever_orders_are_asked_for(file: Path) -> None:
    orders = book(file, "target = 3")
    assert orders.read().target == 3
    file.write_text("target = 4\nconcurrency = 2\nsettle_seconds = 5\n", encoding="utf-8")
    assert (orders.read().target, orders.read().concurrency, orders.read().settle_seconds) == (4, 2, 5.0)
    file.unlink()
    assert orders.read() == Orders()


def test_the_command_line_holds_whatever_the_file_says(file: Path) -> None:
    orders = book(
        file, 'target = 3\nseed = 5\nsources = ["procedural"]', target=7, sources=("template",)
    ).read()
    assert (orders.target, orders.seed, orders.sources) == (7, 5, ("template",))


def test_all_on_the_command_line_is_more_than_one_source_in_the_file(file: Path) -> None:
    assert book(file, 'sources = ["procedural"]', sources=()).read().sources == ("template", "procedural")


def test_relative_paths_of_the_file_lie_below_its_folder_and_others_below_the_current_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = file.parent / "here"
    (here / "data").mkdir(parents=True)
    monkeypatch.chdir(here)
    assert book(file, 'paths = ["data", "./data/"]').read().paths == (str(file.parent / "data"),)
    assert book(file, 'paths = ["nowhere"]', paths=("data",)).read().paths == (str(here / "data"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("targt = 3", "unknown field `targt`"),
        ("target = 0", "Expected `int` >= 1 - at `$.target`"),
        ('target = "many"', "Expected `int | null`, got `str` - at `$.target`"),
        ("concurrency = true", "got `bool` - at `$.concurrency`"),
        ("settle_seconds = -1", "Expected `float` > 0.0 - at `$.settle_seconds`"),
        ("header = -1", "Expected `int` >= 0 - at `$.header`"),
        ('workers = "ray"', "Invalid enum value 'ray' - at `$.workers`"),
        ('sources = ["synthetic"]', "Invalid enum value 'synthetic' - at `$.sources[0]`"),
        ('sources = ["llm"]', "source llm needs a model"),
        ('paths = "data"', "Expected `array`, got `str` - at `$.paths`"),
        ('paths = ["nowhere"]', "cannot watch "),
        (f'paths = ["{"a" * 300}"]', "cannot be looked at: File name too long; check the path"),
        (f'paths = ["{"a/" * 2500}"]', "cannot be looked at: File name too long; check the path"),
        (r'paths = ["a\u0000b"]', "is no path: embedded null byte"),
        ("settle_seconds = inf", "Expected `float` <= 31622400.0 - at `$.settle_seconds`"),
        ("settle_seconds = nan", "at `$.settle_seconds`"),
        ("drain_seconds = inf", "at `$.drain_seconds`"),
        ("retry_seconds = inf", "at `$.retry_seconds`"),
        (f"seed = {'1' * 5000}", "this is no TOML"),
        (f"missing = {'[' * 5000}", "this is no TOML"),
        ("target = ", "this is no TOML"),
        ('encoding = "klingon"', "unknown encoding: klingon: name one such as utf-8"),
        ('encoding = "rot13"', "'rot13' is not a text encoding"),
        (r'encoding = "a\u0000b"', "embedded null character: name one such as utf-8"),
        ('encoding = ""', "unknown encoding: "),
        ('delimiter = "ab"', "'ab' cannot divide cells: name one character such as ; or ,"),
        ('delimiter = ""', "'' cannot divide cells"),
        ("[reader]\nheader = 1", "unknown field `reader`"),
    ],
)
def test_what_cannot_be_followed_is_named(file: Path, text: str, told: str) -> None:
    with pytest.raises(OrdersError) as refused:
        book(file, text).read()
    assert told in str(refused.value)
    assert str(file.parent) in str(refused.value)


def test_a_file_that_was_named_must_be_there(file: Path) -> None:
    with pytest.raises(OrdersError, match="No such file"):
        OrderBook({}, file, required=True).read()
    with pytest.raises(OrdersError, match="is a folder where a file is due: move it elsewhere"):
        OrderBook({}, file.parent, required=True).read()


@pytest.mark.parametrize("required", [False, True])
def test_a_pipe_in_the_place_of_the_file_is_named_and_not_waited_for(pipe: Path, required: bool) -> None:
    with pytest.raises(OrdersError) as refused:
        OrderBook({}, pipe, required).read()
    assert (
        str(refused.value) == f"{pipe} is a pipe, a socket or a device where a file is due: move it elsewhere"
    )


def test_a_file_that_cannot_be_looked_at_is_told_of(file: Path) -> None:
    strange = OrderBook({}, file.parent / ("a" * 300))
    with pytest.raises(OrdersError, match="File name too long; make it readable"):
        strange.read()
    assert strange.origin == str(strange.file)


def test_every_setting_is_told_as_the_log_and_a_terminal_can_hold_it(file: Path) -> None:
    strange = file.parent / "da\udcffta"
    strange.mkdir()
    told = book(file, paths=(str(strange),), missing=("-", "?")).read().to_dict()
    assert set(told) == set(Orders.__struct_fields__)
    assert told["paths"] == (str(file.parent / "da\\xffta"),)
    recorded = AnyRecorded(1, "", "", SettingsRead("", told))
    assert decode(encode(recorded)) == recorded
