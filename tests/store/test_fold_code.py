"""The digest of a fold changes with whatever decides what is folded, and with nothing else of other models."""

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import events
from store.projections import code, fold, rows
from store.projections.code import PENDING, deciding, fold_digest, vocabulary
from store.projections.state import MODELS

EVENTS = sorted(Path(events.__path__[0]).glob("*.py"))
NAMES = (PENDING, *MODELS)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Digests are computed once in a process; not here, and nobody finds these."""
    fold_digest.cache_clear()
    vocabulary.cache_clear()
    yield
    fold_digest.cache_clear()
    vocabulary.cache_clear()


def changed(monkeypatch: pytest.MonkeyPatch, changing: Path) -> set[str]:
    """The models whose digest is another where one file has a line more."""
    before = {name: fold_digest(name) for name in NAMES}
    fold_digest.cache_clear()
    vocabulary.cache_clear()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"\n" * (path == changing))
    return {name for name in NAMES if fold_digest(name) != before[name]}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.name)
def test_a_change_of_the_vocabulary_changes_every_digest(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    assert changed(monkeypatch, path) == set(NAMES)


@pytest.mark.parametrize("name", MODELS)
def test_a_change_of_a_model_changes_its_own_digest_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert changed(monkeypatch, Path(str(getattr(MODELS[name], "__file__", "")))) == {name}


@pytest.mark.parametrize("module", ["fold", "state", "rows"])
def test_a_change_of_what_serves_all_models_changes_every_digest(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    assert changed(monkeypatch, Path(code.__file__).with_name(f"{module}.py")) == set(NAMES)


def ours(path: Path) -> Iterator[Path]:
    """The files of ours that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) else []
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else names
        for name in filter(None, names):
            if name.split(".")[0] in {"events", "store", "actors"}:
                found = find_spec(name)
                assert found is not None
                yield Path(str(found.origin))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_imports_nothing_of_ours_that_is_not_in_its_digest(name: str) -> None:
    models = {Path(str(getattr(model, "__file__", ""))) for model in MODELS.values()}
    known, looked_at = {*deciding(name), *EVENTS}, set[Path]()
    waiting = [Path(str(getattr(one, "__file__", ""))) for one in (MODELS[name], fold, rows)]
    while waiting:
        path = waiting.pop()
        assert path in known, f"{path} decides {name} as well"
        looked_at.add(path)
        waiting += [one for one in ours(path) if one not in looked_at]
    assert models & looked_at == {Path(str(getattr(MODELS[name], "__file__", "")))}
