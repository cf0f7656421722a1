"""What carries loss is what the model said, turn by turn, and nothing else: in each format, under three templates."""

from pathlib import Path
from typing import Any

import pytest

from tests.training.lessons import Row, made_in, pair, rows, sft, sft_turn, steps

trl = pytest.importorskip("trl")
pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer  # noqa: E402
from trl.chat_template_utils import parse_response  # noqa: E402

from actors.training.building import Lesson, build, dataset_of  # noqa: E402
from actors.training.fitness import Fit, judged, masked, template_known  # noqa: E402
from actors.training.models import computing, load_model, load_tokenizer, with_tool_calls  # noqa: E402
from actors.training.preparing import spans  # noqa: E402
from actors.training.scratch import template  # noqa: E402
from actors.training.steps import NO_LABEL, tokens_of  # noqa: E402
from events.training import Method, TrainingSettings  # noqa: E402

TEMPLATES = ("qwen2_5", "qwen3", "nemotron_3_nano")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return made_in(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(params=TEMPLATES)
def tokenizer(request: pytest.FixtureRequest, model: str) -> Any:
    found = load_tokenizer(model)
    found.chat_template = template(request.param)
    return with_tool_calls(found)


def settings(method: Method) -> TrainingSettings:
    return TrainingSettings(method, "m", steps=1, batch=2, max_length=2048, save_every=100)


def turns(tokenizer: Any, labels: list[int]) -> list[Row]:
    """The turns that a row teaches, read back as they would be in play: each stretch of labels is one."""
    found: list[list[int]] = [[]]
    for label in labels:
        if label != NO_LABEL:
            found[-1].append(label)
        elif found[-1]:
            found.append([])
    return [said(tokenizer, one) for one in found if one]


def said(tokenizer: Any, tokens: list[int]) -> Row:
    text = tokenizer.decode(tokens)
    assert text.rstrip("\n").endswith(tokenizer.eos_token)
    before = tokenizer("<|im_start|>assistant\n", add_special_tokens=False)["input_ids"]
    bare = tokenizer(text.strip("\n"), add_special_tokens=False)["input_ids"]
    read = parse_response(tokenizer, bare, prefix=before)
    return {"content": read["content"], "code": [_code(call) for call in read.get("tool_calls") or []]}


def _code(call: Row) -> str:
    return str(call.get("function", call)["arguments"]["code"])


def own(messages: list[Row]) -> list[Row]:
    return [
        {"content": one["content"], "code": [_code(call) for call in one.get("tool_calls", [])]}
        for one in messages
        if one["role"] == "assistant"
    ]


def test_a_conversation_teaches_exactly_the_models_turns(tokenizer: Any, model: str, tmp_path: Path) -> None:
    trainer = build(Lesson(settings("sft"), rows("sft", 3), model, tokenizer, tmp_path))
    for row, trained in zip(rows("sft", 3), trainer.train_dataset, strict=True):
        assert turns(tokenizer, trained["labels"]) == own(row["messages"])


def test_a_turn_below_its_history_teaches_that_turn_alone(tokenizer: Any, model: str, tmp_path: Path) -> None:
    given = {"output_dir": str(tmp_path), "max_length": 2048, "report_to": [], **computing()}
    row = sft_turn(1)
    from datasets import Dataset, Features, Json, List  # noqa: PLC0415  of the extra

    columns = {"prompt": List(Json()), "completion": List(Json()), "tools": Json()}
    trainer = SFTTrainer(
        args=SFTConfig(**given),
        model=load_model(model, "words", tokenizer),
        processing_class=tokenizer,
        train_dataset=Dataset.from_list([row], features=Features(columns)),
    )
    (trained,) = trainer.train_dataset
    assert turns(tokenizer, trained["labels"]) == own(row["completion"])


def test_a_pair_teaches_its_two_turns_and_nothing_of_their_history(
    tokenizer: Any, model: str, tmp_path: Path
) -> None:
    given = {"output_dir": str(tmp_path), "max_length": 2048, "report_to": [], **computing()}
    trainer = DPOTrainer(
        args=DPOConfig(**given),
        model=load_model(model, "words", tokenizer),
        processing_class=tokenizer,
        train_dataset=dataset_of("dpo", [pair(1), pair(2)]),
    )
    batch = trainer.data_collator([trainer.train_dataset[0], trainer.train_dataset[1]])
    found = [
        [token if learned else NO_LABEL for token, learned in zip(tokens, mask, strict=True)]
        for tokens, mask in zip(batch["input_ids"].tolist(), batch["completion_mask"].tolist(), strict=True)
    ]
    expected = [pair(1)["chosen"], pair(2)["chosen"], pair(1)["rejected"], pair(2)["rejected"]]
    assert [turns(tokenizer, [int(one) for one in labels]) for labels in found] == [
        own(one) for one in expected
    ]


def test_a_judged_turn_has_its_label_at_its_last_token_and_others_have_none(tokenizer: Any) -> None:
    row = steps(1)
    found = tokens_of(row, tokenizer)
    places = [place for place, label in enumerate(found["labels"]) if label != NO_LABEL]
    assert [found["labels"][place] for place in places] == [1.0, 0.0]
    for place, text in zip(places, row["completions"][1:], strict=True):
        assert tokenizer.decode(found["input_ids"][: place + 1]).endswith(f"{text}{tokenizer.eos_token}")


def test_the_template_is_found_fit_and_shown_as_it_is_learned(tokenizer: Any) -> None:
    fit = Fit(settings("sft"), rows("sft", 3), tokenizer, 2048)
    assert [rule.rule for rule in judged(fit) if not rule.passed] == []
    tokens, mask = masked(tokenizer, sft(0), fit.template)
    learned = "".join(text for text, is_learned in spans(fit, sft(0)) if is_learned)
    assert learned == "".join(tokenizer.decode([one]) for one, bit in zip(tokens, mask, strict=True) if bit)


@pytest.mark.parametrize("name", ["deepseekv3", "gemma3", "phi3", "llama3_2", "no template"])
def test_a_template_that_would_train_something_else_is_refused(name: str, model: str) -> None:
    tokenizer = load_tokenizer(model)
    tokenizer.chat_template = None if name == "no template" else template(name)
    found = template_known(Fit(settings("sft"), rows("sft", 1), tokenizer, 2048))
    assert not found.passed
    assert "Qwen2.5" in found.opens_with
