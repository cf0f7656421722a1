"""How far a model's answer is from the table, told from its reference code."""

import ast
from typing import Literal

from events.question import Difficulty

EASY, HARD = 3, 8
"""Up to so many steps a question is easy; from the second number on it is hard."""


def effort(code: str) -> Difficulty:
    """Its assignments are its steps; nothing is known of how often careless solvers get it right."""
    chains: dict[str, int] = {}
    steps = 0
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            steps += 1
            depth = 1 + max((chains.get(name, 0) for name in _read(node.value)), default=0)
            chains |= dict.fromkeys(_bound(node), depth)
    level: Literal["easy", "medium", "hard"] = "medium"
    if steps <= EASY:
        level = "easy"
    elif steps >= HARD:
        level = "hard"
    return Difficulty(max(1, steps), max(1, *chains.values(), 1), level)


def _read(value: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}


def _bound(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
