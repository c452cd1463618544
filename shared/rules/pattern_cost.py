"""What searching a text for a pattern can cost at worst: by what the pattern leaves open while it is searched.

All patterns of an attribute are searched at once, by an automaton whose states are made when a text first leads to
them. A pattern that each character decides adds next to nothing. One with a loop that a text can leave at many places
multiplies the states, so that a hostile text makes a new one with every character, and a counted repetition does so
with itself.
"""

import re
from collections.abc import Iterator

import msgspec

from shared.rules import patterns
from shared.rules.limits import MAX_STRING_LENGTH

SEARCHED_CHARACTERS = MAX_STRING_LENGTH
"""The longest string that a request can bring is searched."""
DECIDED_NS, LOOPING_NS, COUNTING_NS = 0.5, 8.0, 28.0
"""Of one RE2 instruction and one character (docs/decisions/0011-cost.md)."""
MOST_CLASSES = 3
"""So many classes without a loop, where a match may begin anywhere; more are as bad as a counted repetition."""

_TOKEN = re.compile(
    r"(?P<one>\[\^?\]?(?:[^\\\]]|\\.)*\]|\\[dwsDWS]|\.|\\[!-/:-@\[-`{-~]|[^\\^$.|?*+()\[\]{}]"
    r"|\((?:\?:)?(?:[^\\^$.|?*+()\[\]{}]|\\[!-/:-@\[-`{-~])+(?:\|(?:[^\\^$.|?*+()\[\]{}]|\\[!-/:-@\[-`{-~])+)*\))"
    r"(?P<times>[*+?]|\{[0-9]+(?:,[0-9]*)?\})?"
)
_CLASS = re.compile(r"\[|\.$|\\[dwsDWS]").match
_SAMPLE = [*map(chr, range(32, 127)), "\u00e9"]
"""Every printable character of ASCII, and one for all others."""


class _Token(msgspec.Struct, frozen=True):
    """A piece of a pattern: the characters that it can begin with, and whether it may stand more or less than once."""

    first: frozenset[str]
    is_class: bool
    is_variable: bool
    is_loop: bool
    can_be_left_out: bool
    is_counted: bool


def cost(source: str, *, ignore_case: bool) -> float:
    """Microseconds that a pattern can add to the search of one text."""
    steps = patterns.compiled(source, ignore_case=ignore_case).programsize
    return float(steps * price(source) * SEARCHED_CHARACTERS / 1000)


def price(source: str) -> float:
    """Nanoseconds of one instruction and one character."""
    tokens = _tokens(source.removeprefix("^").removesuffix("$"))
    if tokens is None:
        return COUNTING_NS if re.search(r"\{[0-9]|\)[*+]", source) else LOOPING_NS
    classes = [token for token in tokens if token.is_class]
    loops = [token for token in classes if token.is_loop]
    if source.startswith("^") and _is_decided(tokens):
        return DECIDED_NS
    if len(classes) - len(loops) > MOST_CLASSES or any(token.is_counted for token in classes):
        return COUNTING_NS
    return LOOPING_NS if loops else DECIDED_NS


def _tokens(body: str) -> list[_Token] | None:
    """The pieces of a pattern in a row, None where it has other ones than characters, classes and plain choices."""
    found, at = [], 0
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None:
            return None
        found.append(_token(match["one"], match["times"] or ""))
        at = match.end()
    return found


def _token(one: str, times: str) -> _Token:
    is_class = bool(_CLASS(one))
    fits = re.compile(one if is_class else "|".join(_beginnings(one))).fullmatch
    return _Token(
        first=frozenset(filter(fits, _SAMPLE)),
        is_class=is_class,
        is_loop=times in ("*", "+"),
        is_variable=times != "" and not re.fullmatch(r"\{[0-9]+\}", times),
        can_be_left_out=times in ("?", "*") or times.startswith("{0"),
        is_counted=times.startswith("{"),
    )


def _beginnings(one: str) -> Iterator[str]:
    """The first character of each choice, as a pattern."""
    for choice in re.split(r"(?<!\\)\|", one.removeprefix("(").removeprefix("?:").removesuffix(")") or one):
        yield choice[:2] if choice.startswith("\\") else re.escape(choice[:1])


def _is_decided(tokens: list[_Token]) -> bool:
    """Whether every character tells if a piece goes on or the next one begins."""
    return not any(
        token.is_variable and any(token.first & after.first for after in _followers(tokens[at + 1 :]))
        for at, token in enumerate(tokens)
    )


def _followers(tokens: list[_Token]) -> Iterator[_Token]:
    """The pieces that can come next: up to the first one that cannot be left out."""
    for token in tokens:
        yield token
        if not token.can_be_left_out:
            return
