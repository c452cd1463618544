"""The visitor's language and region, from Accept-Language (RFC 9110, 12.5.4)."""

import re

from shared.visitors.headers import Headers, text_of

MAX_RANGES = 50
"""Of one header; what follows is not read."""

HEADERS = ("accept-language",)
"""What `of` reads."""

_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE).fullmatch
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE).fullmatch
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}", re.IGNORECASE).fullmatch


def of(headers: Headers) -> dict[str, object]:
    """`language` (ISO 639, lower case) and `region` (ISO 3166-1 alpha-2 or UN M.49) of the most wanted language.

    Of equally wanted ones it is the first. `*` and what is not wanted (q=0) say nothing.
    """
    text = text_of(headers, "accept-language")
    best: tuple[str, ...] = ()
    best_quality = 0.0
    for item in text.split(",")[:MAX_RANGES] if text else ():
        tag, *parameters = item.split(";")
        subtags = tuple(tag.strip().split("-"))
        quality = _quality(parameters)
        if quality > best_quality and _LANGUAGE(subtags[0]):
            best, best_quality = subtags, quality
    return _named(best)


def _quality(parameters: list[str]) -> float:
    """The weight of a range, 1 where it has none, 0 where it cannot be read."""
    if not parameters:
        return 1.0
    found = _QUALITY(parameters[0])
    return float(found[1]) if found else 0.0


def _named(subtags: tuple[str, ...]) -> dict[str, object]:
    if not subtags:
        return {}
    named: dict[str, object] = {"language": subtags[0].lower()}
    for subtag in subtags[1:]:
        if len(subtag) == 1:  # an extension begins: `en-u-ca-gregory` names no region
            break
        if _REGION(subtag):
            named["region"] = subtag.upper()
            break
    return named
