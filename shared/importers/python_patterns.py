"""Patterns of Python's `re` as patterns of RE2 that match the same strings.

Only what both engines read alike is taken: literals, classes, groups, alternatives, repetition and the anchors of the
whole text. Python's classes of digits, word characters and spaces take all of Unicode, RE2's only ASCII; Python's `$`
also stands before a last line break; under `(?i)` Python folds `i`, `k` and `s` with letters beyond ASCII, too.
"""

import re
from typing import NamedTuple, NoReturn

_DIGIT = r"\p{Nd}"
_WORD = r"\p{L}\p{N}_"
_SPACE = r"\x{9}-\x{d}\x{1c}-\x{20}\x{85}\p{Z}"
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_FOLDS = {"i": "iI\u0130\u0131", "s": "sS\u017f", "k": "kK\u212a"}
_REPEAT = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
_GROUP = re.compile(r"\((?:\?:|\?P<[A-Za-z_][A-Za-z0-9_]*>)?(?!\?)")
_TOO_DEEP = 50


class Unsupported(ValueError):
    """A pattern that RE2 would read differently, or not at all; the text says what is in it."""


def translated(source: str, *, from_start: bool) -> str:
    """An RE2 pattern to search for; from_start: the match begins where the text does, as in `re.match`.

    Raises `Unsupported`.
    """
    fold = source.startswith("(?i)")
    reader = _Reader(source, 4 if fold else 0, fold=fold)
    piece = reader.alternatives(0)
    if reader.at < len(source):
        raise Unsupported("an unbalanced parenthesis")
    return rf"\A(?:{piece.text})" if from_start else piece.text


class _Piece(NamedTuple):
    """A part of a pattern. is_empty: it can match the empty text. ends: it holds a `$`, so nothing may follow."""

    text: str
    is_empty: bool = False
    ends: bool = False


_SIGNS = {
    ".": _Piece("."),
    "^": _Piece(r"\A", is_empty=True),
    "$": _Piece(r"\n?\z", is_empty=True, ends=True),
}


class _Reader:
    """Reads a pattern from left to right; `at` is the next character."""

    def __init__(self, source: str, at: int, *, fold: bool) -> None:
        self._source = source
        self.at = at
        self._fold = fold

    def alternatives(self, depth: int) -> _Piece:
        """Up to the end or to the parenthesis that closes the group."""
        if depth > _TOO_DEEP:
            raise Unsupported(f"groups nested deeper than {_TOO_DEEP}")
        branches = [self._sequence(depth)]
        while self._take("|"):
            branches.append(self._sequence(depth))
        text = "|".join(branch.text for branch in branches)
        return _Piece(text, any(branch.is_empty for branch in branches), any(branch.ends for branch in branches))

    def _sequence(self, depth: int) -> _Piece:
        pieces: list[_Piece] = []
        while self.at < len(self._source) and self._source[self.at] not in "|)":
            if pieces and pieces[-1].ends:
                raise Unsupported("`$` before the end")
            pieces.append(self._repeated(self._atom(depth)))
        text = "".join(piece.text for piece in pieces)
        return _Piece(text, all(piece.is_empty for piece in pieces), bool(pieces) and pieces[-1].ends)

    def _repeated(self, piece: _Piece) -> _Piece:
        bounds = self._bounds()
        if bounds is None:
            return piece
        if piece.is_empty:
            raise Unsupported("a repetition of what can be empty")
        self._take("?")  # lazy or greedy: the same strings match
        if self._peek() in ("*", "+", "?") or self._bounds() is not None:
            raise Unsupported("a repetition of a repetition")
        return _Piece(piece.text + bounds, bounds in ("*", "?") or bounds.startswith("{0"))

    def _bounds(self) -> str | None:
        """The quantifier that stands here, in RE2's words; an opening brace that is none is a literal."""
        if self._peek() in ("*", "+", "?"):
            self.at += 1
            return self._source[self.at - 1]
        found = _REPEAT.match(self._source, self.at)
        if not found:
            return None
        low, comma, high = found.groups()
        if not low:
            raise Unsupported("a repetition without its least number")
        if high and int(low) > int(high):
            raise Unsupported("a repetition whose least number is above its greatest")
        self.at = found.end()
        return f"{{{int(low)}{comma}{high and int(high)}}}"

    def _atom(self, depth: int) -> _Piece:
        character = self._source[self.at]
        if character == "(":
            return self._group(depth)
        if character == "\\":
            return self._escaped()
        if character in "*+?" or _REPEAT.match(self._source, self.at):
            raise Unsupported("a repetition of nothing")
        self.at += 1
        if character == "[":
            return _Piece(self._class())
        return _SIGNS.get(character) or _Piece(self._literal(character))

    def _group(self, depth: int) -> _Piece:
        found = _GROUP.match(self._source, self.at)
        if not found:
            raise Unsupported(f"`{self._source[self.at : self.at + 4]}`")
        self.at = found.end()
        inner = self.alternatives(depth + 1)
        if not self._take(")"):
            raise Unsupported("a group without its end")
        return _Piece(f"(?:{inner.text})", inner.is_empty, inner.ends)

    def _escaped(self) -> _Piece:
        letter = self._source[self.at + 1 : self.at + 2]
        if letter in ("A", "Z"):
            self.at += 2
            return _Piece(r"\A" if letter == "A" else r"\z", is_empty=True)
        if letter and letter.lower() in _CLASSES:
            self.at += 2
            return _Piece(f"[{'^' if letter.isupper() else ''}{_CLASSES[letter.lower()]}]")
        return _Piece(self._literal(self._escape()))

    def _escape(self) -> str:
        """The character that an escape stands for."""
        letter = self._source[self.at + 1 : self.at + 2]
        start = self.at + 2
        if letter in _HEX_DIGITS:
            digits = self._source[start : start + _HEX_DIGITS[letter]]
            if len(digits) < _HEX_DIGITS[letter] or not re.fullmatch("[0-9A-Fa-f]+", digits):
                raise Unsupported(rf"`\{letter}` without its digits")
            self.at = start + len(digits)
            return _character(int(digits, 16))
        if not letter or (letter.isalnum() and letter not in _CONTROLS) or not letter.isascii():
            raise Unsupported(rf"`\{letter}`")
        self.at = start
        return _CONTROLS.get(letter, letter)

    def _literal(self, character: str) -> str:
        if not self._fold:
            return _text(character)
        folded = _folded(character)
        return _text(folded) if len(folded) == 1 else f"[{''.join(map(_text, folded))}]"

    def _class(self) -> str:
        """After the opening bracket, up to and with the closing one."""
        is_negated = self._take("^")
        parts: list[str] = []
        while self._peek() != "]" or not parts:
            parts.append(self._class_part())
        self.at += 1
        return f"[{'^' if is_negated else ''}{''.join(parts)}]"

    def _class_part(self) -> str:
        low = self._class_item()
        if len(low) > 1:
            return low
        if self._peek() != "-" or self._source[self.at + 1 : self.at + 2] in ("]", ""):
            return "".join(map(_text, _folded(low))) if self._fold else _text(low)
        self.at += 1
        high = self._class_item()
        if len(high) > 1 or high < low:
            raise Unsupported(f"the range `{low}-`")
        if not self._fold:
            return f"{_text(low)}-{_text(high)}"
        return "".join(_text(each) for code in range(ord(low), ord(high) + 1) for each in _folded(chr(code)))

    def _class_item(self) -> str:
        """One character of a class, or the RE2 text of a whole class within it, which is longer."""
        character = self._peek() or self._fail_class()
        if character != "\\":
            self.at += 1
            return character
        letter = self._source[self.at + 1 : self.at + 2]
        if letter in _CLASSES or letter == "D":
            self.at += 2
            return _CLASSES.get(letter, r"\P{Nd}")
        return self._escape()

    def _fail_class(self) -> NoReturn:
        raise Unsupported("a class without its end")

    def _peek(self) -> str | None:
        return self._source[self.at] if self.at < len(self._source) else None

    def _take(self, character: str) -> bool:
        is_there = self._peek() == character
        self.at += is_there
        return is_there


def _folded(character: str) -> str:
    """Every character that Python finds equal to one under `(?i)`."""
    if not character.isascii():
        if character.lower() != character.upper():
            raise Unsupported(f"`{character}` under `(?i)`")
        return character
    lower = character.lower()
    return _FOLDS.get(lower) or (character if lower == character.upper() else lower + lower.upper())


def _text(character: str) -> str:
    """A literal of RE2, within a class and outside of one alike."""
    if character.isascii() and character.isalnum():
        return character
    return f"\\x{{{ord(character):x}}}"


def _character(code: int) -> str:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Unsupported("an escape that is no character")
    return chr(code)
