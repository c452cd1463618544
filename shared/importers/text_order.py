"""The order of texts as a pattern: this language has none, but "comes before `m`" can be searched for.

The order is that of UTF-16 code units, as JavaScript's `<` has it: characters beyond U+FFFF come before U+E000.
"""

from collections.abc import Callable

_LAST, _FIRST_PRIVATE, _FIRST_ASTRAL = 0x10FFFF, 0xE000, 0x10000


def after(text: str, *, or_equal: bool) -> str:
    """A pattern that is found in the texts that come after `text`, or are it."""
    return "^" + _nested(text, _above, "" if or_equal else "(?s:.)", ())


def before(text: str, *, or_equal: bool) -> str:
    """A pattern that is found in the texts that come before `text`, or are it."""
    if not text:
        return r"^\z" if or_equal else r"[^\x00-\x{10ffff}]"  # nothing comes before the empty text
    return "^" + _nested(text, _below, r"\z" if or_equal else None, (r"\z",))


def _nested(text: str, beside: Callable[[int], tuple[str, ...]], innermost: str | None, at_end: tuple[str, ...]) -> str:
    """Whether the first character differs in the right direction, or is the same and the rest so; and so on.

    innermost: what follows the whole text, None where nothing may. at_end: what may stand in place of a character.
    """
    pattern = innermost
    for character in reversed(text):
        code = ord(character)
        same = () if pattern is None else (f"{_literal(code)}{pattern}",)
        pattern = f"(?:{'|'.join((*at_end, *beside(code), *same))})"
    return pattern or ""


def _above(code: int) -> tuple[str, ...]:
    """The class of the characters that come after one, if there are any."""
    if code < _FIRST_PRIVATE:
        return (rf"[^\x00-{_literal(code)}]",)
    if code < _FIRST_ASTRAL:
        return _class((code + 1, _FIRST_ASTRAL - 1))
    return _class((code + 1, _LAST), (_FIRST_PRIVATE, _FIRST_ASTRAL - 1))


def _below(code: int) -> tuple[str, ...]:
    """The class of the characters that come before one, if there are any."""
    if code < _FIRST_PRIVATE:
        return _class((0, code - 1))
    if code < _FIRST_ASTRAL:
        return _class((0, _FIRST_PRIVATE - 1), (_FIRST_ASTRAL, _LAST), (_FIRST_PRIVATE, code - 1))
    return _class((0, _FIRST_PRIVATE - 1), (_FIRST_ASTRAL, code - 1))


def _class(*ranges: tuple[int, int]) -> tuple[str, ...]:
    inside = "".join(f"{_literal(low)}-{_literal(high)}" for low, high in ranges if low <= high)
    return (f"[{inside}]",) if inside else ()


def _literal(code: int) -> str:
    """A character that stands for itself, in a class and outside."""
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return rf"\x{code:02x}" if code < 0x100 else rf"\x{{{code:x}}}"
