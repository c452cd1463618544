r"""Unleash's regular expressions, and its comparisons of texts without regard to case, as patterns of RE2.

Yggdrasil's regular expressions are those of Rust's `regex`, whose `\d`, `\s` and `\w` hold all of Unicode; Node.js
runs RE2JS, a port of RE2. Only what is read alike is taken; what one of them refuses is refused here, too.
"""

import re
from collections.abc import Iterator

from shared.importers.unleash.dialects import YGGDRASIL, NotImportable

MAX_BYTES = 400
"""Of the values that one pattern searches for; more become several patterns."""

_CLASSES = {
    "d": r"\p{Nd}",
    "s": r"\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}",
    "w": r"\pL\pM\p{Nd}\p{Nl}\p{Pc}\x{200c}\x{200d}\x{24b6}-\x{24e9}\x{1f130}-\x{1f149}\x{1f150}-\x{1f169}"
    r"\x{1f170}-\x{1f189}",
}
_ESCAPE = r"\\(?:[dDsSwWbBntrfvaAz]|x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,6}\}|[!-/:;=?@\[-`{-~])"
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})"
    rf"|(?P<set>\[(?!\^?\])\^?(?:\[:\^?[a-z]+:\]|{_ESCAPE}|[^\\\[\]])*\])"
    r"|(?P<open>\((?:\?(?:[ims]*(?:-[ims]+)?:))?(?!\?))"
    r"|(?P<flags>\(\?[ims]+(?:-[ims]+)?\))"
    r"|(?P<close>\))"
    r"|(?P<repeat>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)"
    r"|(?P<anchor>[\^$|])"
    r"|(?P<literal>[^\\\[\](){}*+?^$|])",
    re.DOTALL,
)
_MEMBER = re.compile(rf"\[:\^?[a-z]+:\]|(?:{_ESCAPE}|[^\\])(?:-(?!\Z)(?:{_ESCAPE}|[^\\\]]))?", re.DOTALL)
_ANCHORS = (r"\A", r"\z", r"\b", r"\B")
_ATOMS = ("escape", "set", "close", "literal")
_META = re.compile(r"[\\.+*?()|\[\]{}^$]")

_LETTERS = re.compile(r"[\u00c0-\u017f\u0400-\u045f]").fullmatch
_MARK = re.compile(r"[\u0300-\u036f]").search


def translated(source: str, dialect: str, *, ignore_case: bool) -> str:
    """A regular expression with the same matches; raises `NotImportable`."""
    if dialect == YGGDRASIL and (source.endswith("\\") or '\\"' in source):
        raise NotImportable("value", "such a backslash breaks the source's own rule text")
    found, before = [], "start"
    for kind, text in _tokens(source):
        if kind == "repeat" and before not in _ATOMS:
            raise NotImportable("value", f"`{text}` has nothing before it that both repeat")
        if kind == "escape" and text[1] in "bB" and dialect == YGGDRASIL:
            raise NotImportable("value", f"`{text}` holds between words of all of Unicode at the source")
        if kind == "set" and "[:" in text and (ignore_case or "(?" in source):
            raise NotImportable("value", "a named class beside flags is read differently")
        found.append(_rewritten(kind, text) if dialect == YGGDRASIL else _checked(kind, text))
        before = "anchor" if text in _ANCHORS else kind
    return "".join(found)


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(source):
        token = _TOKEN.match(source, at)
        if token is None:
            raise NotImportable("value", f"the pattern is read differently from `{source[at : at + 8]}` on")
        yield str(token.lastgroup), token[0]
        at = token.end()


def _rewritten(kind: str, text: str) -> str:
    """Rust's classes written out."""
    if kind == "escape" and text[1] in "dDsSwW":
        return f"[{'^' if text[1].isupper() else ''}{_CLASSES[text[1].lower()]}]"
    if kind != "set":
        return text
    return "".join(_CLASSES[each[1]] if each in (r"\d", r"\s", r"\w") else each for each in _members(text, r"\D\S\W"))


def _checked(kind: str, text: str) -> str:
    return "".join(_members(text, "")) if kind == "set" else text


def _members(text: str, refused: str) -> Iterator[str]:
    """The parts of a class in brackets, brackets included; raises `NotImportable`."""
    opening = "[^" if text.startswith("[^") else "["
    inside = text[len(opening) : -1]
    if any(each in inside for each in ("&&", "--", "~~", "||")):
        raise NotImportable("value", "operations on classes are read differently")
    yield opening
    for at, member in enumerate(_MEMBER.finditer(inside)):
        part, is_edge = member[0], at == 0 or member.end() == len(inside)
        if (part == "-" and not is_edge) or (part[0] == "-" and len(part) > 1):
            raise NotImportable("value", "a `-` within a class is read differently")
        if (len(part) == 2 and part in refused) or re.match(r"\\[bBAz]|\\[dDsSwW]-|.+-\\[dDsSwWbBAz]", part, re.DOTALL):
            raise NotImportable("value", f"`{part}` within a class is read differently")
        yield part
    yield "]"


def parts_of_text(op: str, values: list[str]) -> list[str]:
    """Patterns, to be searched without regard to case, for texts that hold, begin or end with one of the values.

    Raises `NotImportable` for letters whose case is no matter of two letters.
    """
    form = {"contains": "{}", "starts_with": r"\A(?:{})", "ends_with": r"(?:{})\z"}[op]
    patterns: list[list[str]] = [[]]
    for value in values:
        pattern = _folded(value, at_end=op == "ends_with")
        if patterns[-1] and len("|".join([*patterns[-1], pattern]).encode()) > MAX_BYTES:
            patterns.append([])
        patterns[-1].append(pattern)
    return [form.format("|".join(each)) for each in patterns if each]


def _folded(value: str, *, at_end: bool) -> str:
    """Where RE2 would fold more than the two forms of a letter, they are written out."""
    if _MARK(value):
        raise NotImportable("values", "an accent that stands alone can belong to the letter before it")
    found = [_both_cases(character) for character in value]
    if value[-1] in "iI" and not at_end:
        found[-1] = "(?:i|\u0130)"  # in lower case `İ` is `i` and a dot
    return "".join(found)


def _both_cases(character: str) -> str:
    lower, upper = character.lower(), character.upper()
    if character.isascii():
        # with other letters RE2 folds `s` and `k`; a Kelvin sign is a `K` in NFC
        return "(?-i:[sS])" if lower == "s" else _META.sub(r"\\\g<0>", character)
    if lower == upper:
        return character
    if not _LETTERS(character) or len(lower) > 1 or len(upper) > 1 or upper.lower() != lower:
        raise NotImportable("values", f"the case of `{character}` is read differently")
    return f"(?-i:[{lower}{upper}])"
