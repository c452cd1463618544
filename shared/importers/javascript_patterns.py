r"""Patterns of JavaScript's `RegExp` (without flags or with `i`) as patterns of RE2 that are found in the same strings.

Taken is what both provably read alike: literals, classes, groups, alternatives, repetition, `^`, `$` and `\b`. What
JavaScript reads by UTF-16 code units, as `.` does, is alike on strings without characters beyond U+FFFF; what it folds
under `i` is alike on ASCII. `Pattern` says which.
"""

import re
from typing import NamedTuple

_SPACE = r"\t-\r \x{a0}\x{feff}\pZ"
_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_HEX_DIGITS = {"x": 2, "u": 4}
_ANYTHING = re.compile(r"\\(?:s\\S|S\\s|d\\D|D\\d|w\\W|W\\w)\]")
_REPEAT = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_GROUP = re.compile(r"\((?:\?:|\?<([A-Za-z_$][A-Za-z0-9_$]*)>)?(?!\?)")
_TOO_DEEP = 50


class Unsupported(ValueError):
    """A pattern that RE2 would read differently, or not at all; the text says what is in it."""


class Pattern(NamedTuple):
    """An RE2 pattern to search for, which holds alike on strings within an alphabet, itself an RE2 class or None."""

    text: str
    alphabet: str | None


BASIC_PLANE = r"[\x00-\x{ffff}]"
ASCII = r"[\x00-\x7f]"


def translated(source: str, *, ignore_case: bool) -> Pattern:
    """Raises `Unsupported`. With `ignore_case` the result is to be searched for so, too."""
    if ignore_case and not source.isascii():
        raise Unsupported("a character beyond ASCII in upper or lower case")
    reader = _Reader(source)
    text = reader.alternatives(0)
    if reader.at < len(source):
        raise Unsupported("an unbalanced parenthesis")
    alphabet = ASCII if ignore_case or reader.takes_gaps else BASIC_PLANE if reader.takes_units else None
    return Pattern(text, alphabet)


class _Reader:
    r"""Reads a pattern from left to right; `at` is the next character.

    takes_units: something was read that half a character can match. takes_gaps: `\B` was, which RE2 also finds between
    the bytes of one character.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self.at = 0
        self.takes_units = False
        self.takes_gaps = False
        self._names: set[str] = set()

    def alternatives(self, depth: int) -> str:
        """Up to the end or to the parenthesis that closes the group."""
        if depth > _TOO_DEEP:
            raise Unsupported(f"groups nested deeper than {_TOO_DEEP}")
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        return "|".join(branches)

    def _sequence(self, depth: int) -> str:
        pieces: list[str] = []
        while self.at < len(self._source) and self._source[self.at] not in "|)":
            pieces.append(self._anchor() or self._atom(depth) + self._quantifier())
        return "".join(pieces)

    def _anchor(self) -> str:
        for written, meant in (("^", r"\A"), ("$", r"\z"), (r"\b", r"\b"), (r"\B", r"\B")):
            if self._take(written):
                if self._quantifier():
                    raise Unsupported("a repetition of nothing")
                self.takes_gaps |= meant == r"\B"
                return meant
        return ""

    def _quantifier(self) -> str:
        bounds = self._bounds()
        if bounds:
            self._take("?")  # lazy or greedy: the same strings match
            if self._bounds():
                raise Unsupported("a repetition of a repetition")
        return bounds

    def _bounds(self) -> str:
        """The quantifier that stands here, in RE2's words, which are JavaScript's."""
        if self._peek() in ("*", "+", "?"):
            self.at += 1
            return self._source[self.at - 1]
        found = _REPEAT.match(self._source, self.at)
        if not found:
            return ""
        low, _, high = found.groups()
        if high and int(low) > int(high):
            raise Unsupported("a repetition whose least number is above its greatest")
        self.at = found.end()
        return found[0]

    def _atom(self, depth: int) -> str:
        character = self._source[self.at]
        if character == "(":
            return self._group(depth)
        if character == "\\":
            return self._escaped()
        if character in "*+?" or _REPEAT.match(self._source, self.at):
            raise Unsupported("a repetition of nothing")
        self.at += 1
        if character == "[":
            return self._class()
        if character == ".":
            self.takes_units = True
            return r"[^\n\r\x{2028}\x{2029}]"
        return _text(character)

    def _group(self, depth: int) -> str:
        found = _GROUP.match(self._source, self.at)
        if not found:
            raise Unsupported(f"`{self._source[self.at : self.at + 4]}`")
        self.at = found.end()
        if found[1] in self._names:
            raise Unsupported(f"two groups named `{found[1]}`")
        self._names |= {found[1]} if found[1] else set()
        inner = self.alternatives(depth + 1)
        if not self._take(")"):
            raise Unsupported("a group without its end")
        return f"(?:{inner})"

    def _escaped(self) -> str:
        letter = self._source[self.at + 1 : self.at + 2]
        if letter and letter.lower() in _CLASSES:
            self.at += 2
            self.takes_units |= letter.isupper()
            return f"[{'^' if letter.isupper() else ''}{_CLASSES[letter.lower()]}]"
        return _text(self._escape())

    def _escape(self) -> str:
        """The character that an escape stands for."""
        letter = self._source[self.at + 1 : self.at + 2]
        start = self.at + 2
        if letter in _HEX_DIGITS:
            digits = self._source[start : start + _HEX_DIGITS[letter]]
            if not re.fullmatch(f"[0-9A-Fa-f]{{{_HEX_DIGITS[letter]}}}", digits):
                raise Unsupported(rf"`\{letter}` without its digits")
            self.at = start + len(digits)
            return chr(int(digits, 16))
        if not letter or (letter.isalnum() and letter not in _CONTROLS) or not letter.isascii():
            raise Unsupported(rf"`\{letter}`")
        self.at = start
        return _CONTROLS.get(letter, letter)

    def _class(self) -> str:
        """After the opening bracket, up to and with the closing one."""
        is_negated = self._take("^")
        self.takes_units |= is_negated
        anything = _ANYTHING.match(self._source, self.at)
        if anything:
            self.at = anything.end()
            self.takes_units = True
            return r"[^\x00-\x{10ffff}]" if is_negated else r"[\x00-\x{10ffff}]"
        if self._peek() == "]":
            raise Unsupported("an empty class")
        parts: list[str] = []
        while not self._take("]"):
            parts.append(self._class_part())
        return f"[{'^' if is_negated else ''}{''.join(parts)}]"

    def _class_part(self) -> str:
        inner = self._inner_class()
        low = inner or self._class_character()
        if self._peek() != "-" or self._source[self.at + 1 : self.at + 2] in ("]", ""):
            return inner or _text(low)
        self.at += 1
        high = self._inner_class() or self._class_character()
        if inner or len(high) > 1 or high < low:
            raise Unsupported(f"the range `{low}-{high}`")
        return f"{_text(low)}-{_text(high)}"

    def _inner_class(self) -> str:
        r"""A class like `\d` within a class, as RE2 text of more than one character; empty where none stands here."""
        letter = self._source[self.at + 1 : self.at + 2]
        if self._peek() != "\\" or letter.lower() not in _CLASSES:
            return ""
        if letter == "S":
            raise Unsupported(r"`\S` in a class")
        self.at += 2
        self.takes_units |= letter.isupper()
        return _CLASSES.get(letter, f"\\{letter}")

    def _class_character(self) -> str:
        character = self._peek()
        if character is None:
            raise Unsupported("a class without its end")
        if character == "\\" and not self._take(r"\b"):
            return self._escape()
        self.at += character != "\\"
        return "\b" if character == "\\" else character

    def _peek(self) -> str | None:
        return self._source[self.at] if self.at < len(self._source) else None

    def _take(self, text: str) -> bool:
        is_there = self._source.startswith(text, self.at)
        if is_there:
            self.at += len(text)
        return is_there


def _text(character: str) -> str:
    """A literal of RE2, within a class and outside of one alike."""
    code = ord(character)
    if code > 0xFFFF or 0xD800 <= code <= 0xDFFF:
        raise Unsupported("a character beyond U+FFFF, or half of one")
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{{{code:x}}}"
