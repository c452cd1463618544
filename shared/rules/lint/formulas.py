"""Rules as formulas: claims and denials of questions under `Both` and `Either`, references inlined.

A rule is read as the program that it compiles to, so that whatever the language can say arrives here as one thing:
predicates under polarities.
"""

from collections.abc import Mapping

import msgspec

from shared.rules.catalogue import Path
from shared.rules.indexing import Question
from shared.rules.program import Op, Polarity, Program, Test

CLOCK: Path = ()
"""The path of what asks for now alone; it is never missing."""


class Both(msgspec.Struct, frozen=True):
    """Every item holds; without items always."""

    items: tuple["Formula", ...]


class Either(msgspec.Struct, frozen=True):
    """Some item holds; without items never."""

    items: tuple["Formula", ...]


Formula = int | Both | Either
"""Question n of a pool is claimed by `n` and denied by `~n`."""


Subject = tuple[Path, Path | None]
"""What questions are about: an attribute, or a pair of them."""


class Pool:
    """The questions of all formulas that are looked at together, equal ones once."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self._numbers: dict[Question, int] = {}

    def number(self, question: Question) -> int:
        """The number of a question."""
        number = self._numbers.setdefault(question, len(self.questions))
        if number == len(self.questions):
            self.questions.append(question)
        return number

    def subject(self, claim: int) -> Subject:
        """What a claim or a denial is about."""
        question = self.questions[max(claim, ~claim)]
        return question.path, question.other


def formula(program: Program, programs: Mapping[str, Program], pool: Pool) -> Formula:
    """What an audience claims; `programs` holds all that it refers to, by key."""
    stack: list[Formula] = []
    code = iter(program.code)
    for op in code:
        if op == Op.LITERAL:
            stack.append(_literal(program, next(code), Polarity(next(code)), pool))
        elif op == Op.REFERENCE:
            referred = formula(programs[program.references[next(code)]], programs, pool)
            stack.append(negation(referred) if next(code) else referred)
        else:
            start = len(stack) - next(code)
            items = tuple(stack[start:])
            stack[start:] = [Both(items) if op == Op.ALL else Either(items)]
    return stack[0]


def negation(of: Formula) -> Formula:
    """The formula that holds exactly where another does not."""
    if isinstance(of, int):
        return ~of
    items = tuple(negation(item) for item in of.items)
    return Either(items) if isinstance(of, Both) else Both(items)


def subjects(of: Formula, pool: Pool) -> frozenset[Subject]:
    """Everything that a formula is about."""
    if isinstance(of, int):
        return frozenset((pool.subject(of),))
    return frozenset(subject for item in of.items for subject in subjects(item, pool))


def _literal(program: Program, number: int, polarity: Polarity, pool: Pool) -> Formula:
    """A predicate under a polarity; of a pair it is added that both are there, which one subject cannot tell."""
    predicate = program.predicates[number]
    path = program.paths[predicate.subject]
    other = None if predicate.other is None else program.paths[predicate.other]
    claim = pool.number(Question(path, other, predicate.test, predicate.operand))
    present = [pool.number(Question(each, None, Test.PRESENT, None)) for each in (path, other) if each]
    if polarity is Polarity.HOLDS:
        return claim if other is None else Both((claim, *present))
    if polarity is Polarity.FAILS:
        return ~claim
    if polarity is Polarity.HOLDS_OR_MISSING:
        return Either((claim, *(~each for each in present)))
    return Both((~claim, *present))
