"""Patterns of Python's `re`, rewritten for RE2, match the same texts."""

import re
import warnings

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.importers.python_patterns import Unsupported, translated

PARTS = [
    *"ab1_. -\n^$|()[]{}*+?\\Ki",
    r"\d",
    r"\w",
    r"\s",
    r"\D",
    r"\S",
    r"\Z",
    "(?:",
    "[a-c]",
    "[^a]",
    "[]a]",
    "{2}",
    "{1,2}",
]
PATTERNS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=7).map("".join)
TEXTS = st.lists(st.sampled_from("ab1_. -\n\u00e9\u0131kK\u212aI\u0130\u017f\u0663-]"), max_size=5).map("".join)
# accents of one letter each, and the letters that Python folds with `i`, `k` and `s`
ALPHABET = [chr(code) for code in (*range(0x600), 0x2028, 0x212A, 0x3000, 0xFF11)]


def python_pattern(source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # sets within sets, which mean nothing special yet
        try:
            return re.compile(source)
        except re.error:
            return None


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.sampled_from(["", "(?i)"]), st.lists(TEXTS, min_size=5, max_size=5), st.booleans())
def test_what_is_translated_matches_as_python_does(source, flag, texts, from_start):
    expected = python_pattern(flag + source)
    try:
        pattern = re2.compile(translated(flag + source, from_start=from_start))
    except Unsupported:
        return
    assert expected is not None
    for text in texts:
        found = expected.match(text) if from_start else expected.search(text)
        assert (pattern.search(text) is not None) == (found is not None), (source, text)


@pytest.mark.parametrize(
    "source", [r"\d", r"\w", r"\s", r"\D", r"\W", r"[^\w\s]", "(?i)[a-z]", "(?i)i", "(?i)[^1s]", "."]
)
def test_a_class_has_the_characters_that_python_gives_it(source):
    pattern, expected = re2.compile(translated(source, from_start=False)), re.compile(source)
    assert [each for each in ALPHABET if pattern.search(each)] == [each for each in ALPHABET if expected.search(each)]


@pytest.mark.parametrize(
    "source",
    [
        r"\bx",
        "(?=a)",
        "(?!a)",
        r"(a)\1",
        "a*+",
        "(?m)^a",
        "a$b",
        "(a*)*",
        "(",
        "[a",
        "a{2}{3}",
        "{,3}",
        r"\N{DASH}",
        "(?i)é",
    ],
)
def test_what_could_differ_is_refused(source):
    with pytest.raises(Unsupported):
        translated(source, from_start=False)
