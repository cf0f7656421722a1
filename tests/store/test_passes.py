"""Passes of the smoke suite and re-executions: kept once, and good for this very program and record alone."""

from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path

import msgspec
import pytest

from events.trace import AttemptEnded
from store.home import Home
from store.ledger import append_fact
from store.passes import keep_pass, pass_on_record, passed_now
from store.program import environment_digest, source_digest
from store.reruns import Rerun, came_again, keep_reruns
from tests.history import History, told

OUTPUTS = {"questions": {"rows": 6}}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Home(tmp_path / "home")


def test_a_pass_is_found_from_every_home_of_the_user(home: Home, tmp_path: Path) -> None:
    assert pass_on_record(home) is None
    passed = passed_now(OUTPUTS, 1.5)
    assert keep_pass(home, passed) == tmp_path / "cache" / "tracegate" / "smoke.jsonl"
    assert pass_on_record(Home(tmp_path / "another")) == passed
    assert (passed.source, passed.environment) == (source_digest(), environment_digest())
    assert not home.root.exists()


@pytest.mark.parametrize("field", ["source", "environment"])
def test_a_pass_of_another_source_or_environment_counts_for_nothing(home: Home, field: str) -> None:
    passed = passed_now(OUTPUTS, 1.5)
    keep_pass(home, msgspec.structs.replace(passed, **{field: "0" * 32}))
    assert pass_on_record(home) is None
    keep_pass(home, passed)
    assert pass_on_record(home) == passed


@pytest.mark.parametrize("name", ["pyarrow", "bottleneck", "numexpr"])
def test_a_pass_made_without_a_library_counts_for_nothing_once_it_is_there(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    real = metadata.version
    environment_digest.cache_clear()
    try:
        monkeypatch.setattr(metadata, "version", partial(version_with, real, name, None))
        without = passed_now(OUTPUTS, 1.5)
        keep_pass(home, without)
        assert pass_on_record(home) == without
        seen = {without.environment}
        for version in ("21.0.0", "22.0.0"):
            environment_digest.cache_clear()
            monkeypatch.setattr(metadata, "version", partial(version_with, real, name, version))
            assert pass_on_record(home) is None
            seen.add(environment_digest())
        assert len(seen) == 3
    finally:
        environment_digest.cache_clear()


def version_with(real: Callable[[str], str], name: str, version: str | None, asked: str) -> str:
    """The version of a library where that of one is another, or it is not there."""
    if asked != name:
        return real(asked)
    if version is None:
        raise metadata.PackageNotFoundError(name)
    return version


def test_a_line_that_somebody_changed_is_no_pass(home: Home, tmp_path: Path) -> None:
    keep_pass(home, passed_now(OUTPUTS, 1.5))
    file = tmp_path / "cache" / "tracegate" / "smoke.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"rows":6', b'"rows":7'))
    assert pass_on_record(home) is None


def test_where_the_cache_takes_nothing_a_pass_is_kept_in_a_home_that_is_there(
    home: Home, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    assert keep_pass(home, passed_now(OUTPUTS, 1.5)) is None
    home.log.mkdir(parents=True)
    assert keep_pass(home, passed_now(OUTPUTS, 1.5)) == home.smoke_passes
    assert pass_on_record(home) is not None


def test_a_rerun_is_bound_to_all_that_the_log_says_of_its_episode(home: Home) -> None:
    history = told()
    state = history.state()
    first, *others = sorted(state.verified())
    keep_reruns(home, state, [first], "local")
    assert came_again(home, state, [first, *others]) == {first}
    trace = state.episodes.judged[first].votes[-1].trace

    def slower(recorded: object) -> object:
        if isinstance(recorded, AttemptEnded) and recorded.trace == trace:
            return msgspec.structs.replace(recorded, fingerprint="another")
        return recorded

    events = [msgspec.structs.replace(one, event=slower(one.event)) for one in history.events]
    assert came_again(home, History(events).state(), [first]) == frozenset()


def test_a_rerun_of_another_source_counts_for_nothing(home: Home) -> None:
    state = told().state()
    (first, *_) = sorted(state.verified())
    keep_reruns(home, state, [first], "local")
    line = msgspec.json.decode(home.reruns.read_bytes())
    assert line["source"] == source_digest()
    home.reruns.unlink()
    from_elsewhere = {**line, "source": "0" * 32}
    from_elsewhere.pop("digest")
    append_fact(home.reruns, msgspec.convert(from_elsewhere, Rerun))
    assert came_again(home, state, [first]) == frozenset()
