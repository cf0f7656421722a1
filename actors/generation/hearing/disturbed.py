"""What is no part of the question changes nothing: the order of rows and columns, columns beside."""

from actors.generation.hearing.case import Bench, Case, answer_of
from actors.language.contract import reaches
from actors.language.court.disturbed import REASONS
from actors.language.soundness import Refusal

WAYS = tuple(REASONS)
BESIDE = ("text", "category", "measure")
"""The kinds of columns that are put beside."""
_CODE = {
    "rows shuffled": "df = df.sample(frac=1, random_state=0).reset_index(drop=True)",
    "columns turned round": "df = df[df.columns[::-1]]",
    "columns beside": """df = df.assign(**{
    "beside text": [f"note {number}" for number in range(len(df))],
    "beside category": ["north" if number % 3 else "south" for number in range(len(df))],
    "beside measure": [(number % 97 + 1) ** 0.5 for number in range(len(df))],
})""",
}
"""By what is changed about a table, how it is changed in a session."""


async def is_disturbed(case: Case, bench: Bench) -> Refusal | None:
    """Run again, and with all three at once; where the answer changes, it is told which of them does it."""
    if (again := await _otherwise(case, bench, "")) is not None:
        return Refusal("unsteady", f"run again, the code gives {again}")
    if await _otherwise(case, bench, "\n".join(_CODE[way] for way in reversed(WAYS))) is None:
        return None
    for way in WAYS:
        if (found := await _otherwise(case, bench, _CODE[way])) is not None:
            return Refusal(REASONS[way], f"{found} with {way}, {case.answer} without")
    return Refusal(
        "distractor", "the answer changes with rows shuffled, columns turned round and more beside"
    )


async def _otherwise(case: Case, bench: Bench, before: str) -> str | None:
    """What comes out that is not the answer; None where it is."""
    found = answer_of(await bench.run(bench.proposal(case.draft), None, before))
    if isinstance(found, Refusal):
        return f"{found.reason} ({found.detail})"
    if found.keys() == case.answer.keys() and reaches(case.contract, found, case.answer):
        return None
    return str(found)
