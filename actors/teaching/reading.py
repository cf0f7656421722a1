"""What a text can mean to somebody who has the table: its parses, each distinct answer once.

Two parses that give the same answer on this table are one meaning here; a text with two meanings splits
the traces that solve it. Only the text, the format note and the table are looked at.
"""

from actors.language.contract import reaches
from actors.language.parse_english import parse
from actors.language.program import Undefined
from actors.language.settle import answer_of
from actors.language.subject import Subject
from events.answers import Answer, AnswerContract, problem
from events.question import ProgramRecord


def meanings(text: str, note: str, contract: AnswerContract, subject: Subject) -> list[ProgramRecord]:
    """The first parse of each distinct answer, in the order of the parses.

    Args:
        text: the question.
        note: its format note.
        contract: what the note asks for, by which answers are told apart.
        subject: the table.
    """
    found: list[tuple[ProgramRecord, Answer | None]] = []
    for record in parse(text, note, subject.words):
        answer = _answer(record, subject)
        if not any(_same(contract, answer, known) for _, known in found):
            found.append((record, answer))
    return [record for record, _ in found]


def _answer(record: ProgramRecord, subject: Subject) -> Answer | None:
    try:
        return answer_of(record, subject)
    except Undefined:
        return None


def _same(contract: AnswerContract, answer: Answer | None, known: Answer | None) -> bool:
    if answer is None or known is None or problem(contract, known) is not None:
        return answer is known
    return reaches(contract, answer, known)
