"""Contracts are read from format strings of DABench's kind, and a folder that is none is told apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.answer_tags import read_tags
from events.answers import AnswerContract, Unreadable, matches
from store.dabench import NoBenchmarkError, read_dabench
from store.dabench_formats import contract_of, described

QUESTION = {
    "id": 1, "question": "How heavy are the birds?", "constraints": "Leave out missing masses.",
    "format": '@mean_mass[mass] where "mass" is a number rounded to one decimal place.', "file_name": "birds.csv",
}  # fmt: skip


def read(text: str, answer: str, constraints: str = "") -> Any:
    """What an answer of tags says under a format string; None when it cannot be read."""
    found = read_tags(contract_of(described(text, constraints)), answer)
    return None if isinstance(found, Unreadable) else found


def kinds(text: str, constraints: str = "") -> list[Any]:
    fields = [one.field for one in described(text, constraints)]
    return [(field.name, field.kind, field.decimals) for field in fields]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('@m[x] where "x" is a float rounded to two decimal places.', [("m", "number", 2)]),
        ("@m[x], where 'x' is a number with a maximum of 3 decimals.", [("m", "number", 3)]),
        ("@score[float between 0 and 1, rounded to two decimal places].", [("score", "number", 2)]),
        ('@n[k]\n@m[x]\nwhere "k" is an integer, "x" is a number rounded to four decimal places.',
         [("n", "integer", None), ("m", "number", 4)]),
        ('@a[x] @b[y] where "x" is a number rounded to two decimals. Where "y" is a number rounded to 3 decimals.',
         [("a", "number", 2), ("b", "number", 3)]),
        ('@a[x] @b[y] where "x", "y" are floats with two decimals, "z" is a positive integer.',
         [("a", "number", 2), ("b", "number", 2)]),
        ("@a[v1], @b[v2], where v1 and v2 are means of two kinds. All values should be rounded to two decimal places.",
         [("a", "number", 2), ("b", "number", 2)]),
        ('@ok[x] where "x" is a boolean: True means yes.', [("ok", "flag", None)]),
        ('@t[x] where "x" is a string that can either be "up", "down" or "flat".', [("t", "label", None)]),
        ("@t[yes/no]", [("t", "label", None)]),
        ("@outlier_count[k]", [("outlier_count", "integer", None)]),
        ("@n[k] where 'k' is an integer, e.g. @n[23]", [("n", "integer", None)]),
        ("@who[w] The output should be a string.", [("who", "label", None)]),
    ],
)  # fmt: skip
def test_a_field_is_what_the_words_about_its_placeholder_say(text: str, fields: list[Any]) -> None:
    assert kinds(text) == fields


def test_decimals_may_stand_in_the_constraints() -> None:
    assert kinds("@mean_mass[m]", "Round to three decimal places.") == [("mean_mass", "number", 3)]
    assert kinds("@mean_mass[m]") == [("mean_mass", "number", None)]


def test_options_are_those_of_the_words_and_no_names_of_other_fields() -> None:
    text = '@a[x] @b[y] where "x" and "y" are strings that can either be "significant" or "not significant".'
    assert read(text, "@a[significant] @b[Not significant]") == {"a": "significant", "b": "Not significant"}
    assert read(text, "@a[y] @b[significant]") is None
    assert read('@ok["Yes"/"No"]', '@ok["Yes"]') == {"ok": "Yes"}
    assert read('@ok["Yes"/"No"]', "@ok[maybe]") is None


def test_several_values_in_one_tag_are_a_row_or_a_list() -> None:
    row = '@s[low, high, mean] where "low" and "high" are rounded to two decimal places, while "mean" is rounded to four decimal places.'
    contract = contract_of(described(row))
    assert right(contract, "@s[0.00,1.00, 0.0629]", "@s[0, 1, 0.06291]")
    assert not right(contract, "@s[0.00, 1.00, 0.0631]", "@s[0, 1, 0.06291]")
    lists = '@who[id1,id2,...] @how[v1,v2,...], where "id1", "id2", ... are strings and "v1", "v2", ... are values rounded to two decimal places.'
    assert read(lists, "@who[(A)1, 326] @how[9.03,9.0]") == {"who": ("(A)1", "326"), "how": ((9.03,), (9.0,))}
    assert read('@l[x] where "x" is a list of integers.', "@l[]") == {"l": ()}


def test_a_dictionary_is_a_table_of_keys_and_values() -> None:
    text = "@monthly[{'m_1':avg_1, ..., 'm_12':avg_12"
    contract = contract_of(described(text, "Round to two decimal places."))
    assert right(contract, '@monthly[{"m_2": 6.53, "m_1": 7.2}]', "@monthly[{'m_1': 7.199, 'm_2': 6.53}]")
    assert not right(contract, "@monthly[{'m_1': 7.2}]", "@monthly[{'m_1': 7.2, 'm_2': 6.53}]")


def right(contract: AnswerContract, answer: str, gold: str) -> bool:
    return matches(contract, read_tags(contract, answer), read_tags(contract, gold))


def test_bounds_are_those_of_the_words() -> None:
    (one,) = described("@r[x] where 'x' is a number between -1 and 1, rounded to two decimal places.")
    assert (one.least, one.most) == (-1, 1)
    assert described("@n[k] where 'k' is a positive integer.")[0].least == 1
    assert described("@n[k] where 'k' is a positive integer or zero.")[0].least == 0


def folder(place: Path, question: object = QUESTION, label: object = None) -> Path:
    label = label or {"id": 1, "common_answers": [["mean_mass", "4.2"]]}
    (place / "tables").mkdir()
    (place / "tables" / "birds.csv").write_text("mass\n4.1\n4.3\n", "utf-8")
    (place / "questions.jsonl").write_text(json.dumps(question) + "\n", "utf-8")
    (place / "labels.jsonl").write_text(json.dumps(label) + "\n", "utf-8")
    return place


def test_a_folder_is_read_question_by_question(tmp_path: Path) -> None:
    (one,) = read_dabench(folder(tmp_path))
    assert (one.id, one.labels, one.table) == (1, {"mean_mass": "4.2"}, tmp_path / "tables" / "birds.csv")
    assert one.fields["mean_mass"].field.decimals == 1


@pytest.mark.parametrize(
    ("change", "label", "told"),
    [
        ({"file_name": "../birds2.csv"}, None, "there is no table"),
        ({"id": "one"}, None, r"questions\.jsonl, line 1: .*Expected `int`, got `str` - at `\$\.id`"),
        ({"id": [1]}, None, r"questions\.jsonl, line 1: .*Expected `int`, got `array`"),
        ({"concepts": None}, None, r"questions\.jsonl, line 1: .*got `null` - at `\$\.concepts`"),
        ({"id": 2}, None, "there is no label for question 2"),
        ({}, {"id": 1}, r"labels\.jsonl, line 1: .*missing required field `common_answers`"),
        ({}, {"id": 1, "common_answers": None}, r"labels\.jsonl, line 1: .*got `null`"),
        ({}, {"id": 1, "common_answers": ["mean"]}, r"labels\.jsonl, line 1: .*got `str`"),
        ({}, {"id": 1, "common_answers": [["mean", 4.2]]}, r"labels\.jsonl, line 1: .*got `float`"),
        ({}, {"id": [1], "common_answers": []}, r"labels\.jsonl, line 1: .*got `array` - at `\$\.id`"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, change: Any, label: object, told: str) -> None:
    with pytest.raises(NoBenchmarkError, match=told):
        read_dabench(folder(tmp_path, QUESTION | change, label))


def test_another_folder_is_told_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(NoBenchmarkError, match=r"it has no questions\.jsonl, labels\.jsonl, tables"):
        read_dabench(tmp_path)
    (folder(tmp_path) / "questions.jsonl").write_text("{", "utf-8")
    with pytest.raises(NoBenchmarkError, match="line 1: no line of this benchmark: Input data was truncated"):
        read_dabench(tmp_path)


@pytest.mark.parametrize(
    "line", [b"[" * 200_000, json.dumps(QUESTION).encode().replace(b"Leave", b"L\xe9ave")]
)
def test_bytes_that_are_no_text_of_json_are_named_by_their_line(tmp_path: Path, line: bytes) -> None:
    (folder(tmp_path) / "questions.jsonl").write_bytes(json.dumps(QUESTION).encode() + b"\n" + line)
    with pytest.raises(NoBenchmarkError, match=r"questions\.jsonl, line 2: no line of this benchmark"):
        read_dabench(tmp_path)
