"""Reference code is live: on tables that are changed, every field of its answer changes."""

from collections.abc import Iterator

from actors.generation.hearing.case import Bench, Case, answer_of
from actors.language.contract import reaches
from actors.language.soundness import Refusal
from events.answers import Answer, AnswerContract
from events.trace import Perturbation

_SEEDS = 4
_PERTURBED: tuple[Perturbation, ...] = tuple(
    Perturbation(kind, seed) for seed in range(2) for kind in ("bootstrap", "rescaled", "spiked")
)
_APART = """df = df.assign(**{{
    name: df[name].sample(frac=1, random_state={seed} + place).array for place, name in enumerate(df.columns)
}})"""
"""Each column's values are dealt out anew: what holds between columns does not hold any more."""
_FEW = "df = df.sample(n=min(12, len(df)), random_state={seed}).reset_index(drop=True)"
"""A dozen rows are left: what is frequent, or leads, may be another."""


async def is_constant(case: Case, bench: Bench) -> Refusal | None:
    """An answer of which some field stays what it is, whatever the table holds."""
    still = {field.name for field in case.contract.fields}
    tried = 0
    for perturbation, before in _tables():
        found = answer_of(await bench.run(bench.proposal(case.draft), perturbation, before))
        if isinstance(found, Refusal) or found.keys() != case.answer.keys():
            continue
        tried += 1
        still = {name for name in still if _stays(case, name, found)}
        if not still:
            return None
    told = (
        f"{', '.join(sorted(still))} on all of the {tried} changed tables on which the code gives an answer"
    )
    return Refusal("constant", f"no change of {told}")


def _tables() -> Iterator[tuple[Perturbation | None, str]]:
    """Tables that are changed, those first that move most answers."""
    yield from ((one, "") for one in _PERTURBED)
    for seed in range(_SEEDS):
        yield None, _APART.format(seed=1000 * seed)
        yield None, _FEW.format(seed=seed)


def _stays(case: Case, name: str, found: Answer) -> bool:
    """Whether one field is what it was; what is no value of its kind is no change."""
    only = AnswerContract(tuple(field for field in case.contract.fields if field.name == name))
    if found[name] is None:
        return True
    return reaches(only, {name: found[name]}, {name: case.answer[name]})
