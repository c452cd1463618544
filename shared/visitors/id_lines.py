"""Ids as files carry them: one a line, as plain text, as the first column of CSV, or as JSON Lines."""

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from shared.rules.kinds import nfc
from shared.visitors.document import MAX_ID_LENGTH

_BOM = "\ufeff"
_HEADERS = ("id", "anonymous_id", "visitor_id", "user_id")
"""First columns of CSV that name the column and are no id."""

_json = msgspec.json.Decoder(str | int | dict[str, object])


WhyRefused = Literal["bad-line", "bad-length"]


class Line(NamedTuple):
    """One whole line. size: its bytes, the line end included. id: in NFC, None where there is none.

    refused: why a line that says something is no id; None of blank lines and headers.
    """

    size: int
    id: str | None = None
    refused: WhyRefused | None = None


def lines(data: bytes, media_type: str, *, is_start: bool) -> Iterator[Line]:
    """The whole lines of a part; what stands behind the last line end is left out.

    media_type: a key of `FORMATS`. is_start: the part begins the file, where a byte order mark or a header may stand.
    """
    read = FORMATS[media_type]
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        size = end + 1 - start
        yield _line(data[start:end], size, read, is_first=is_start and start == 0)
        start = end + 1


def _line(raw: bytes, size: int, read: Callable[[str], object], *, is_first: bool) -> Line:
    try:
        text = raw.decode().removesuffix("\r")
        if is_first:
            text = text.removeprefix(_BOM)
        if not text.strip():
            return Line(size)
        value = read(text)
    except (UnicodeDecodeError, csv.Error, msgspec.DecodeError, RecursionError):
        return Line(size, refused="bad-line")
    if not isinstance(value, str) or "\0" in value:
        return Line(size, refused="bad-line")
    if is_first and read is _column and value in _HEADERS:
        return Line(size)
    name = nfc(value)
    if not 1 <= len(name) <= MAX_ID_LENGTH:
        return Line(size, refused="bad-length")
    return Line(size, name)


def _text(line: str) -> object:
    return line


def _column(line: str) -> object:
    return next(csv.reader([line], strict=True))[0]


def _value(line: str) -> object:
    """A string, or an integer, which evaluate takes as its decimal text too; or an object that has it as `id`."""
    value: object = _json.decode(line)
    if isinstance(value, dict):
        value = value.get("id")
    return str(value) if type(value) is int else value


FORMATS: Mapping[str, Callable[[str], object]] = {
    "text/plain": _text,
    "text/csv": _column,
    "application/x-ndjson": _value,
}
"""How the id is read from a line, by media type; what is no string is no id."""
