"""Strings that are compared with numbers, by pattern and by JavaScript's own `Number`."""

import operator
from random import Random

import re2

from shared.importers import numerals
from shared.importers.javascript import number_of, text_of

RELATIONS = {"eq": operator.eq, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}
NUMBERS = [0, -0.0, 1, -1, 5, 10, 18, 99, -99, 100, 0.5, -0.5, 0.05, 1.05, 9.99, 0.001, 123456789012345]
TEXTS = [
    "",
    ".",
    "-",
    "+",
    " ",
    "-.",
    "0",
    "-0",
    "00",
    "0.",
    "abc",
    "1e3",
    "0x10",
    "Infinity",
    "1_000",
    "\ufeff5",
    "\u00855",
]
PIECES = ["0", "1", "9", ".", "+", "-", " ", "00"]
exotic = re2.compile(numerals.EXOTIC)


def texts(random, number):
    """Texts near a number's own, each a few characters away."""
    for _ in range(20):
        text = text_of(number)
        for _ in range(random.randint(0, 3)):
            at = random.randint(0, len(text))
            text = text[:at] + random.choice(PIECES) + text[at + random.randint(0, 1) :]
        yield text


def test_patterns_compare_as_javascript_does():
    random = Random(5)
    numbers = [*NUMBERS, *(round(random.uniform(-1, 1) * 10 ** random.randint(-2, 6), 4) for _ in range(100))]
    for number in numbers:
        found = {relation: re2.compile(numerals.pattern(relation, number)) for relation in RELATIONS}
        for text in (*TEXTS, *texts(random, number)):
            if exotic.search(text):
                continue
            for relation, holds in RELATIONS.items():
                is_found = found[relation].search(text) is not None
                assert is_found == holds(number_of(text), number), (text, relation, number)


def test_what_patterns_cannot_compare_with_is_told():
    assert all(numerals.is_plain(number) for number in NUMBERS)
    assert not any(numerals.is_plain(number) for number in (1e300, 1 / 3, 1e-20, float("inf"), float("nan")))
