"""DABench's own rule in all its quirks beside our contract, and its questions put to a model over a real server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from actors.benchmarking import DabenchPaper
from actors.evaluating.dabench import by_contract, is_equal, official, text_of
from actors.evaluating.report import reported
from actors.measuring import Exam, measure
from actors.teaching.orders import ModelOrders
from store.dabench import Asked, NoBenchmarkError
from store.dabench_formats import described
from store.home import Home
from store.replay import rebuild
from tests.teaching.playing import Silent
from tests.teaching.servers import MODEL, PRICES, Body, ModelServer, serving
from tests.verifying.published import DABENCH

QUIRKS = [
    ("34.65", "34.65", True, "the same text"),
    ("34.650", "34.65", True, "the same number"),
    (" 34.65 ", "34.65", True, "Python's numbers may have white space around them"),
    ("34.65\n", "34.65", True, "and line ends"),
    ("0.2", "0.20", True, "a number is no text"),
    (".2", "0.20", True, "and may lack its nought"),
    ("+5", "5", True, "or have a sign"),
    ("5.0", "5", True, "a whole number may be written as another"),
    ("1e3", "1000", True, "or with an exponent"),
    ("1_000", "1000", True, "Python reads underscores in numbers"),
    ("٣", "3", True, "and the digits of every script"),
    ("34.66", "34.65", False, "no rounding is forgiven"),
    ("34.6500005", "34.65", True, "but less than a millionth is"),
    ("34.650001", "34.65", False, "and a millionth is not"),
    ("1,000", "1000", False, "separators are text"),
    ("5%", "5", False, "and so are units"),
    ("$5", "5", False, "and currencies"),
    ("No", "no", False, "texts have their case"),
    ("no ", "no", False, "and their blanks"),
    ('"no"', "no", False, "and their quotes"),
    ("True", "True", True, "a flag is a text"),
    ("true", "True", False, "with its case"),
    ("nan", "nan", True, "nothing is itself as a text"),
    ("NaN", "nan", False, "and as a number not even that"),
    ("inf", "Infinity", False, "what has no end is not near itself"),
    ("1, 2", "1,2", False, "a list is a text"),
    ("", "0", False, "nothing is no number"),
    (None, "None", False, "what is not answered is not right"),
]


@pytest.mark.parametrize(("given", "label", "right", "why"), QUIRKS, ids=[one[3] for one in QUIRKS])
def test_the_official_rule_has_its_quirks(given: str | None, label: str, right: bool, why: str) -> None:
    assert is_equal(given, label) is right


FORMAT = '@mean_mass[m] @kind[k] where "m" is a number rounded to one decimal place. "k" is a string.'


def asked(**labels: str) -> Asked:
    fields = {one.field.name: one for one in described(FORMAT)}
    return Asked(1, "How heavy, and who?", fields, Path("birds.csv"), labels, FORMAT)


@pytest.mark.parametrize(
    ("text", "theirs", "ours"),
    [
        ("@mean_mass[4.0] @kind[Gull]", (True, True), (True, True)),
        ("So @kind[Gull], and @mean_mass[4.0]!", (True, True), (True, True)),
        ("@mean_mass[9] @mean_mass[4.0] @kind[Gull]", (True, True), (True, True)),
        ("@mean_mass[4.0] @kind[Gull] @more[1]", (True, True), (True, True)),
        ("@mean_mass[4.04] @kind[gull]", (False, False), (True, True)),
        ("@mean_mass[4.06] @kind[Tern]", (False, False), (False, False)),
        ("@mean_mass[4.0\n] @kind[Gull]", (False, True), (True, True)),
        ("@mean_mass[4.0] @kind[[Gull]]", (True, False), (True, False)),
        ("@mean_mass[4.0]", (True, False), (True, False)),
        ("mean_mass 4.0, Gull", (False, False), (False, False)),
    ],
)
def test_both_rules_read_the_tags_and_judge_each_by_itself(
    text: str, theirs: tuple[bool, bool], ours: tuple[bool, bool]
) -> None:
    one = asked(mean_mass="4.0", kind="Gull")
    assert tuple(official(one, text).values()) == theirs
    assert tuple(by_contract(one, text).values()) == ours


def test_only_tags_that_have_a_label_are_judged() -> None:
    assert official(asked(kind="Gull"), "@mean_mass[9] @kind[Gull]") == {"kind": True}
    assert by_contract(asked(kind="Gull", unknown="1"), "@kind[Gull] @unknown[1]") == {
        "kind": True,
        "unknown": False,
    }


def test_what_is_submitted_may_be_a_text_or_an_object_of_tags() -> None:
    assert text_of("@a[1]") == "@a[1]"
    assert text_of({"a": 1.5, "b": [1, 2], "c": True}) == "@a[1.5] @b[1, 2] @c[True]"
    assert text_of(4.0) == "4.0"


def folder(place: Path) -> Path:
    """Three questions about fifteen birds, in the form of the benchmark."""
    (place / "tables").mkdir(parents=True)
    (place / "tables" / "birds.csv").write_text(
        "species,mass\n" + "Gull,5.2\nTern,4.1\nAuk,2.7\n" * 5, "utf-8"
    )
    told = '@mean_mass[m] where "m" is a number rounded to two decimal places.'
    lines = [
        {"id": key, "question": f"{what} mass?", "constraints": "", "format": told, "file_name": "birds.csv",
         "level": level, "concepts": ["Summary Statistics"]}
        for key, what, level in ((1, "Mean", "easy"), (2, "Median", "easy"), (3, "Highest", "hard"), (4, "Lowest", "hard"))
    ]  # fmt: skip
    labels = [
        {"id": key, "common_answers": [["mean_mass", text]]}
        for key, text in ((1, "4.00"), (2, "4.10"), (3, "5.20"), (4, "2.70"))
    ]
    (place / "questions.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    (place / "labels.jsonl").write_text("".join(json.dumps(one) + "\n" for one in labels), "utf-8")
    return place


SAID = {
    "Mean": "submit('@mean_mass[%.2f]' % df['mass'].mean())",
    "Median": "submit('@mean_mass[4.104]')",
    "Highest": "submit({'mean_mass': 5.3})",
    "Lowest": "",
}


def brain(body: Body) -> Mapping[str, Any]:
    """Gives each question the answer above; of nothing it says no code, until it is told too often."""
    question = body["messages"][1]["content"]
    code = next(code for what, code in SAID.items() if f"{what} mass?" in question)
    return {"content": f"So:\n```python\n{code}\n```" if code else "I do not know."}


@pytest.mark.full
async def test_questions_of_a_folder_are_put_to_a_model_and_scored_by_both_rules(tmp_path: Path) -> None:
    place, home = folder(tmp_path / "bench"), Home(tmp_path / "home")
    async with serving(ModelServer(brain)) as server:
        orders = ModelOrders(base_url=server.base_url, model=MODEL, **PRICES)  # type: ignore[arg-type]
        exam = Exam(home, "openai", DabenchPaper(place), orders, workers="local", allow_process_level=True)
        done = await measure(exam, Silent())
        cost, sent = server.cost, server.asked
        again = await measure(exam, Silent())
        assert (server.cost, server.asked) == (cost, sent)
    state = rebuild(home)
    assert again.evaluation == done.evaluation
    found = reported(state.evaluations.started[done.evaluation], state.evaluations.answers(done.evaluation))
    assert (found["solved"]["right"], found["solved"]["of"]) == (2, 4)
    official = found["official"]
    assert (official["right"], official["answered"], official["rate"], official["of_all"]) == (
        1,
        3,
        1 / 3,
        0.25,
    )
    assert (official["parts"], official["parts_right"], official["parts_by_contract"]) == (4, 1, 2)
    assert len(official["judged_apart"]) == 1
    assert {key: one["right"] for key, one in found["by"]["difficulty"].items()} == {"easy": 2, "hard": 0}
    assert found["cost"]["cost"] == pytest.approx(cost / 10**12)
    assert found["cost"]["calls"] == sent
    assert len(state.datasets.by_id) == len(state.questions.accepted) == len(state.traces.attempts) == 0
    assert state.calls.replies == {}


@pytest.mark.parametrize(
    ("missing", "words"), [("labels.jsonl", "has no labels.jsonl"), ("tables/birds.csv", "there is no table")]
)
def test_a_folder_that_is_none_is_refused(tmp_path: Path, missing: str, words: str) -> None:
    place = folder(tmp_path)
    (place / missing).unlink()
    with pytest.raises(NoBenchmarkError, match=words):
        DabenchPaper(place)


@pytest.mark.full
@pytest.mark.skipif(not DABENCH.exists(), reason="the benchmark is not shipped")
def test_of_the_published_labels_each_is_right_by_the_official_rule_and_nearly_all_by_our_contract() -> None:
    paper = DabenchPaper(DABENCH)
    every = [
        (official(one, text), by_contract(one, text))
        for one in paper._asked.values()
        for text in [" ".join(f"@{name}[{label}]" for name, label in one.labels.items())]
    ]
    assert all(all(theirs.values()) for theirs, _ in every)
    assert sum(all(ours.values()) for _, ours in every) >= 0.95 * len(every)
