"""Unleash's context as a visitor document: every value is a text."""

import re
from collections.abc import Callable
from decimal import Decimal

from shared.importers import javascript
from shared.importers.attributes import Attributes
from shared.importers.clock import now_of
from shared.importers.digits import DECIMAL
from shared.importers.translation import Extra, Json
from shared.importers.unleash.dialects import NODE, YGGDRASIL
from shared.importers.unleash.order import MAX_DIGITS
from shared.rules import addresses, instants, versions
from shared.rules.catalogue import declared
from shared.rules.kinds import Type
from shared.rules.problems import Problem, Refused, step

NATURAL = {
    "userId": "visitor.id",
    "sessionId": "visitor.anonymous_id",
    "remoteAddress": "request.ip",
    "currentTime": "request.time",
}
"""Fields of the context that have a place of their own; the others are traits."""

_FIELDS = (*NATURAL, "environment", "appName")
_DECIMAL = re.compile(DECIMAL).fullmatch
_EXPONENT = re.compile(rf"{DECIMAL}[eE][+-]?[0-9]+").fullmatch
_OTHER_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)").fullmatch
_DATE_LIKE = re.compile(r"\s*[+-]?[0-9]+\s*-\s*[0-9]+\s*-\s*[0-9]+\s*[Tt\s]\s*[0-9]+\s*:.*", re.DOTALL).fullmatch
_NO_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?").fullmatch
_FINE = re.compile(r".*\.[0-9]{3}[0-9]*[1-9].*").fullmatch
_VERSION = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?").fullmatch
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


class Reader:
    """Fills `document` and `now_ms`; what the two systems would read differently goes to `problems`."""

    def __init__(self, attributes: Attributes, dialect: str) -> None:
        self.document: dict[str, Json] = {}
        self.now_ms = 0
        self.problems: list[Problem] = []
        self._attributes = attributes
        self._dialect = dialect

    def read(self, value: Json, extra: Extra) -> None:
        """A context: its own fields, then `properties`; raises `Refused` where there is no now."""
        self.now_ms = now_of(extra)
        properties = value.get("properties") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(properties, dict | None):
            self._add("", "an Unleash context is expected")
            return
        fields = {name: each for name, each in value.items() if name != "properties"}
        self._time(fields.pop("currentTime", None), properties or {})
        for name, each in fields.items():
            self._field(name, each, step("", name))
        for name, each in (properties or {}).items():
            at = step("/properties", name)
            if fields.get(name) is None and name != "currentTime":
                self._field(name, each, at)
            elif name not in _FIELDS and self._dialect == YGGDRASIL and fields[name] != each:
                self._add(at, f"`{name}` stands in two places, of which the source's SDKs choose differently")

    def _field(self, name: str, value: Json, at: str) -> None:
        text = self._text(value, at)
        if text is None:
            return
        path = self._attributes.path_of(name)
        if declared(path, {}) is Type.IP and _is_mapped(text):
            self._add(
                at, "an IPv4 address written as IPv6 is an IPv4 address here", "map it to a trait by `attributes`"
            )
            return
        differing = next((why for is_odd, why in _ODDITIES[self._dialect] if is_odd(text)), None)
        if differing:
            self._add(at, differing)
            return
        try:
            self._attributes.place(self.document, name, text)
        except Refused as refused:
            self.problems += (Problem(at, each.code, each.detail, each.hint) for each in refused.problems)

    def _text(self, value: Json, at: str) -> str | None:
        """The text that the source makes of a value; None where it is missing, or no text is sure."""
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            self._add(at, "the source takes texts, numbers and booleans")
        elif self._dialect == NODE:
            return None if value is None else javascript.text_of(value)
        elif value is None or isinstance(value, bool):
            self._add(at, "the source's SDKs make different texts of null, true and false", "send a text")
        elif "e" not in repr(value):
            return repr(value)
        else:
            self._add(at, "the source's SDKs make different texts of such a number", "send a text")
        return None

    def _time(self, value: Json, properties: dict[str, Json]) -> None:
        """The time of evaluation, which the source's SDKs fill in where it is missing."""
        if value is None and "currentTime" in properties:
            self._add("/properties/currentTime", "the source's SDKs differ on a time among the properties")
        elif value is None:
            self._at(self.now_ms)
        else:
            self._given(value)

    def _given(self, value: Json) -> None:
        ms = instants.parse(value) if isinstance(value, str) else None
        if ms is not None and not _FINE(value):
            self.now_ms = ms
            if self._dialect == NODE or not _BARE_DATE(value):
                self._at(ms)  # to Yggdrasil a date without a time is none
        elif not (self._dialect == YGGDRASIL and isinstance(value, str) and _NO_OFFSET(value)):
            self._add("/currentTime", "an RFC 3339 date and time with an offset, in milliseconds, is expected")

    def _at(self, ms: int) -> None:
        self._attributes.place(self.document, "currentTime", instants.to_text(ms))

    def _add(self, at: str, detail: str, hint: str | None = None) -> None:
        self.problems.append(Problem(at, "not-importable", detail, hint))


def _is_odd_number(text: str) -> bool:
    """A number with an exponent, or with so many digits that the source rounds it."""
    if _EXPONENT(text):
        return True
    if not _DECIMAL(text) or "." not in text:
        return False
    digits = text.lstrip("+-0.").replace(".", "").rstrip("0")
    if len(text.partition(".")[2].rstrip("0")) > MAX_DIGITS:
        return True
    return len(digits) > MAX_DIGITS and float(f"{Decimal(text):.{MAX_DIGITS - 1}e}") == float(text)


def _is_odd_for_javascript(text: str) -> bool:
    return _is_odd_number(javascript.trim(text)) or _OTHER_BASE(javascript.trim(text)) is not None


def _is_odd_date(text: str) -> bool:
    """A date that the source reads and RFC 3339 does not allow."""
    return _DATE_LIKE(text) is not None and _NO_OFFSET(text) is None and instants.parse(text) is None


def _is_odd_version(text: str) -> bool:
    return _VERSION(text) is not None and versions.key(text) is None and not re.match(r"v?0[0-9]|.*[-.]0[0-9]", text)


def _is_padded_version(text: str) -> bool:
    return _VERSION(javascript.trim(text).lstrip("=v")) is not None and _VERSION(text) is None


def _is_mapped(text: str) -> bool:
    """An IPv4 address written as IPv6, which is an IPv4 address here and none at the source."""
    key = addresses.key(text) if ":" in text else None
    return key is not None and len(key) == 5


def _is_network(text: str) -> bool:
    """An address with a prefix or a zone, which Node.js takes for an address."""
    return addresses.key(re.split("[/%]", text, maxsplit=1)[0].strip("[]")) is not None and addresses.key(text) is None


_Oddity = tuple[Callable[[str], bool], str]
_VERSIONS: _Oddity = (_is_odd_version, "a version with numbers beyond 2^53 - 1 is none here")
_ODDITIES: dict[str, tuple[_Oddity, ...]] = {
    YGGDRASIL: (
        (_is_odd_number, "as a number the text is read, or rounded, in a way that a pattern cannot follow"),
        (_is_odd_date, "as a date the text is read by the source and not here"),
        _VERSIONS,
    ),
    NODE: (
        (_is_odd_for_javascript, "as a number the text is read, or rounded, in a way that a pattern cannot follow"),
        (_is_padded_version, "the source cuts the version out of the text"),
        (_is_network, "the source takes the address out of the text"),
        _VERSIONS,
    ),
}
