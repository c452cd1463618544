"""Texts as Apache Unomi compares them: in lower case, with the accents of Latin letters taken off.

Its `ConditionContextHelper.foldToASCII` goes by a table of 1,300 characters. Taken here are those of Latin-1 and Latin
Extended-A, and the scripts that the table leaves alone; a text with any other character is refused.
"""

from unicodedata import normalize

from shared.rules.problems import Problem, Refused

_WITHOUT_ACCENT = {
    "\u00e6": "ae",
    "\u00f0": "d",
    "\u00f8": "o",
    "\u00fe": "th",
    "\u00df": "ss",
    "\u0111": "d",
    "\u0127": "h",
    "\u0131": "i",
    "\u0142": "l",
    "\u0153": "oe",
    "\u0167": "t",
}
_LEFT_ALONE = (
    (0x0391, 0x03C9),  # Greek
    (0x0400, 0x045F),  # Cyrillic
    (0x05D0, 0x05EA),  # Hebrew
    (0x0620, 0x064A),  # Arabic
    (0x0900, 0x0D7F),  # the scripts of India
    (0x0E01, 0x0E5B),  # Thai
    (0x3041, 0x30FF),  # Kana
    (0x4E00, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul
)


def fold(text: str, at: str) -> str:
    """`text` folded; raises `Refused` with a problem at `at` for a character whose folding is not known here."""
    if text.isascii():
        return text.lower()
    unknown = [character for character in text if not (character.isascii() or _folded(character))]
    if unknown:
        detail = f"how `{unknown[0]}` is folded to ASCII is not known here"
        raise Refused([Problem(at, "not-importable", detail, "use plain letters at both ends")])
    return "".join(character if character.isascii() else _folded(character) for character in text.lower())


def _folded(character: str) -> str:
    """What a character beyond ASCII becomes, empty where that is not known."""
    lower = character.lower()
    if lower in _WITHOUT_ACCENT:
        return _WITHOUT_ACCENT[lower]
    code = ord(character)
    if 0xC0 <= code <= 0x17F and len(lower) == 1:
        base = normalize("NFD", lower)
        return base[0] if len(base) > 1 and base[0].isascii() else ""
    return lower if any(first <= code <= last for first, last in _LEFT_ALONE) else ""
