"""The program's own log: where it goes, and from which level on."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from actors.terminal.output import configure_log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What is configured here is configured for the process."""
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize(("level", "told"), [("", ["lost"]), ("info", ["begun", "lost"]), ("ERROR", [])])
def test_the_log_goes_to_stderr_from_the_level_that_was_asked_for(
    level: str, told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if level:
        monkeypatch.setenv("TRACEGATE_LOG", level)
    else:
        monkeypatch.delenv("TRACEGATE_LOG", raising=False)
    configure_log()
    log = structlog.get_logger()
    log.info("begun", worker="w1")
    log.warning("lost", worker="w1", error="no answer")
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split("event=")[1].split()[0] for line in err.splitlines()] == told
    assert all("timestamp=" in line and "worker=w1" in line for line in err.splitlines())
    assert logging.getLogger().level == logging.WARNING
