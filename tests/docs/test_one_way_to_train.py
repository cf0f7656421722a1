"""There is one place that trains, and one command that is told to."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "actors" / "training"
OTHER = re.compile(
    r"torchrun|accelerate launch|\btrl (?:sft|dpo|reward|grpo)|(?:python3?|sh|bash)\s+\S*train\S*\.(?:py|sh)\b"
)
"""How else training is begun elsewhere: launchers, the library's own commands, scripts."""


def test_nothing_outside_its_room_loads_the_trainers() -> None:
    code = [
        *(
            file
            for room in ("actors", "events", "store", "benchmarks")
            for file in (ROOT / room).rglob("*.py")
        )
    ]
    loading = {file for file in (*code, ROOT / "cli.py") if "trl" in packages(file)}
    assert loading
    assert {file for file in loading if not file.is_relative_to(PLACE)} == set()


def test_every_page_begins_training_by_the_one_command() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile", *(ROOT / "docs").glob("*.md")]
    texts = {page.name: page.read_text("utf-8") for page in pages if page.name != "requirements.md"}
    assert {name: found for name, text in texts.items() if (found := OTHER.findall(text))} == {}
    assert "`python cli.py train sft --model FOLDER_OR_NAME`" in texts["training.md"]


def packages(file: Path) -> set[str]:
    """What a file imports, by the first part of each name."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}
