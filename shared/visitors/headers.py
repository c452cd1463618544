"""The headers of a visitor's request: bounded, and text that can be written as UTF-8."""

from collections.abc import Iterable, Mapping

from shared.rules.kinds import nfc

MAX_HEADER = 1_024
"""A longer header is not read; real ones of those that are stay below half of it."""

MAX_COOKIES = 200
MAX_COOKIE = 2_048
"""Of one cookie, name and value, as browsers bound it. Longer ones and those after the first 200 are not read."""

Headers = Mapping[str, str]
"""By name in lower case."""


def text_of(headers: Headers, name: str) -> str | None:
    """The text of a header; None where it is missing, empty, too long or no Unicode text.

    A gateway may hand UTF-8 on as if every byte were a character (Latin-1): that is undone.
    """
    value = headers.get(name)
    if not value or len(value) > MAX_HEADER:
        return None
    return value.strip() or None if value.isascii() else _text(value)


def read(headers: Headers, names: Iterable[str]) -> dict[str, object]:
    """The headers of these names that have a text."""
    found = ((name, text_of(headers, name)) for name in names)
    return {name: text for name, text in found if text is not None}


def cookies(pairs: Iterable[str], names: Iterable[str]) -> dict[str, object]:
    """The cookies of these names among `name=value` pairs, as they were sent; of equal names the first counts."""
    wanted = frozenset(names)
    found: dict[str, object] = {}
    for _, pair in zip(range(MAX_COOKIES), pairs, strict=False):
        name, equals, value = pair.partition("=")
        name = name.strip()
        if equals and name in wanted and name not in found and len(pair) <= MAX_COOKIE:
            text = value.strip() if value.isascii() else _text(value)
            if text is not None:
                found[name] = text
    return found


def _text(value: str) -> str | None:
    """Text beyond ASCII in its normal form, None where it is none."""
    try:
        value = value.encode("latin-1").decode()
    except UnicodeError:
        try:
            value.encode()
        except UnicodeEncodeError:  # a lone surrogate
            return None
    return nfc(value).strip() or None
