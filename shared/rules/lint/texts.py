"""Tests on strings: which of them can hold of one string, as far as their operands tell.

Each test is any of its alternatives: a part at the start, at the end, anywhere, or the whole string, compared as it is
or folded. What one alternative implies of another, and which exclude each other, follows from the parts alone. A
pattern is taken to imply nothing.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

import msgspec

from shared.rules.indexing import Question
from shared.rules.kinds import fold
from shared.rules.program import Test

MAX_PAIRS = 40_000
"""So many pairs of alternatives are compared; more are passed over, which proves less."""


class Form(Enum):
    """Where a part stands."""

    WHOLE = 0
    START = 1
    END = 2
    ANYWHERE = 3


class Part(msgspec.Struct, frozen=True):
    """An alternative of a test: `text` stands there, in the string as it is or in its folded form."""

    form: Form
    text: str
    is_folded: bool


_FORMS = {
    Test.EQUAL: Form.WHOLE,
    Test.EQUAL_FOLDED: Form.WHOLE,
    Test.CONTAINS: Form.ANYWHERE,
    Test.CONTAINS_FOLDED: Form.ANYWHERE,
    Test.PREFIX: Form.START,
    Test.PREFIX_FOLDED: Form.START,
    Test.SUFFIX: Form.END,
    Test.SUFFIX_FOLDED: Form.END,
}
_FOLDED = (Test.EQUAL_FOLDED, Test.CONTAINS_FOLDED, Test.PREFIX_FOLDED, Test.SUFFIX_FOLDED, Test.UNDER_FOLDED)

TESTS = (*_FORMS, Test.UNDER, Test.UNDER_FOLDED)


def can_be(asked: Iterable[Question], denied: Iterable[Question]) -> bool:
    """Whether some string may pass all tests that are asked and none that is denied."""
    excluded = [part for question in denied for part in _parts(question)]
    choices = [_without(_parts(question), excluded) for question in asked]
    return all(choices) and _agree(choices)


def _parts(question: Question) -> list[Part]:
    """The alternatives of a test; a path lies under another where it is that, or starts with it and a slash."""
    is_folded = question.test in _FOLDED
    texts = [text for text in question.operand if isinstance(text, str)]
    if question.test not in (Test.UNDER, Test.UNDER_FOLDED):
        return [Part(_FORMS[question.test], text, is_folded) for text in texts]
    whole = [Part(Form.WHOLE, text, is_folded) for text in texts if text]
    return whole + [Part(Form.START, f"{text}/", is_folded) for text in texts]


def _without(parts: Sequence[Part], excluded: Sequence[Part]) -> list[Part]:
    """The alternatives that imply nothing that is excluded."""
    if len(parts) * len(excluded) > MAX_PAIRS:
        return list(parts)
    return [part for part in parts if not any(_implies(part, other) for other in excluded)]


def _agree(choices: list[list[Part]]) -> bool:
    """Whether every choice keeps an alternative that goes together with one of each other choice."""
    if sum(map(len, choices)) ** 2 > MAX_PAIRS:
        return True
    changed = True
    while changed:
        changed = False
        for at, parts in enumerate(choices):
            others = choices[:at] + choices[at + 1 :]
            kept = [part for part in parts if all(any(_go_together(part, one) for one in other) for other in others)]
            if not kept:
                return False
            changed = changed or len(kept) < len(parts)
            choices[at] = kept
    return True


def _implies(part: Part, other: Part) -> bool:
    if part.is_folded and not other.is_folded:
        return False
    text = fold(part.text) if other.is_folded and not part.is_folded else part.text
    if other.form is Form.ANYWHERE:
        return other.text in text
    if part.form is Form.WHOLE:
        return _fits(text, other)
    if part.form is not other.form:
        return False
    return text.startswith(other.text) if part.form is Form.START else text.endswith(other.text)


def _go_together(one: Part, other: Part) -> bool:
    """False only where no string has both."""
    if one.is_folded is not other.is_folded:
        one, other = _as_folded(one), _as_folded(other)
    if one.form is Form.WHOLE:
        return _fits(one.text, other)
    if other.form is Form.WHOLE:
        return _fits(other.text, one)
    if one.form is not other.form or one.form is Form.ANYWHERE:
        return True
    if one.form is Form.START:
        return one.text.startswith(other.text) or other.text.startswith(one.text)
    return one.text.endswith(other.text) or other.text.endswith(one.text)


def _as_folded(part: Part) -> Part:
    return part if part.is_folded else Part(part.form, fold(part.text), is_folded=True)


def _fits(text: str, part: Part) -> bool:
    """Whether a whole string has the part."""
    tests = {Form.START: text.startswith, Form.END: text.endswith, Form.ANYWHERE: text.__contains__}
    return text == part.text if part.form is Form.WHOLE else tests[part.form](part.text)
