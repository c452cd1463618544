"""What the language's values are: declared types, instants, durations, addresses, versions and ranges of them.

A part of the oracle: written from the language page, and nothing under `shared` is imported here.
"""

import math
import operator
import re
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from ipaddress import IPv4Network, ip_address, ip_network
from typing import NamedTuple
from unicodedata import normalize

LARGEST = 2**53 - 1
DAY = 86_400_000
EPOCH = date(1970, 1, 1).toordinal()
EARLIEST, LATEST = (date.min.toordinal() - EPOCH) * DAY, (date.max.toordinal() - EPOCH + 1) * DAY - 1


class Instant(NamedTuple):
    ms: int


class Version(NamedTuple):
    order: tuple


class Ip(NamedTuple):
    address: object  # of `ipaddress`


def composed(value):
    """Every string of a JSON value, names included, in Unicode's NFC."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [composed(element) for element in value]
    if isinstance(value, dict):
        return {composed(name): composed(element) for name, element in value.items()}
    return value


def declare(value, declared):
    if declared == "number" and isinstance(value, str):
        return json_number(value)
    if declared == "boolean" and value in ("true", "false"):
        return value == "true"
    if declared == "string" and is_integer(value):
        return str(int(value))
    if declared == "datetime" and is_number(value):
        return Instant(epoch(value)) if EARLIEST <= epoch(value) <= LATEST else value
    if declared == "datetime" and isinstance(value, str):
        return Instant(instant(value)) if instant(value) is not None else value
    if declared == "version" and isinstance(value, str):
        return Version(version(value)) if version(value) else value
    if declared == "ip" and isinstance(value, str):
        return Ip(address(value)) if address(value) else value
    return value


def json_number(text):
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        return text
    number = float(text) if re.search(r"[.eE]", text) else int(text)
    outside = abs(number) > LARGEST if isinstance(number, int) else math.isinf(number)
    return text if outside else number


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value):
    return is_number(value) and value == math.floor(value) and abs(value) <= LARGEST


def epoch(number):
    """Milliseconds of an epoch number, cut by its decimal digits as a date's text is."""
    return int((Decimal(str(number)) * (1000 if abs(number) < 1e11 else 1)).to_integral_value(ROUND_FLOOR))


def scalar(value):
    """A value with its kind, so that `True` is not 1 and 1.0 is; None for what is no string, number or boolean."""
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", value)
    return ("string", value) if isinstance(value, str) else None


CLOCK = r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))"


@lru_cache(10_000)
def instant(text):
    """Milliseconds since 1970 of an RFC 3339 date-time with offset or of a bare date, else None."""
    found = re.fullmatch(rf"(\d{{4}})-(\d\d)-(\d\d)(?:[Tt ]{CLOCK})?", text, re.ASCII)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        days = date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return None
    sign = -1 if found[8] == "-" else 1
    offset = sign * (int(found[9] or 0) * 60 + int(found[10] or 0))
    thousandths = int(((found[7] or "") + "000")[:3])
    ms = days * DAY + ((hour * 60 + minute - offset) * 60 + second) * 1000 + thousandths
    return ms if EARLIEST <= ms <= LATEST else None


def moment(value):
    """An instant in milliseconds, of a declared one or of a string that reads as one."""
    if isinstance(value, Instant):
        return value.ms
    return instant(value) if isinstance(value, str) else None


@cache
def duration(text):
    """(months, milliseconds) of an ISO 8601 duration: months and years step on the calendar, the rest is exact."""
    units = r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
    found = re.fullmatch(units, text, re.ASCII)
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    seconds = Decimal(found[7] or 0)
    return years * 12 + months, (weeks * 7 + days) * DAY + (hours * 60 + minutes) * 60_000 + int(seconds * 1000)


def shifted(now_ms, text, sign):
    """`now_ms` moved by a duration: the months first, a day that the month lacks is the next month's first instant."""
    months, exact = duration(text)
    return (stepped(now_ms, sign * months) if months else now_ms) + sign * exact


def stepped(now_ms, months):
    today = date.fromordinal(now_ms // DAY + EPOCH)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return EARLIEST if year < 1 else LATEST
    try:
        return (date(year, month + 1, today.day).toordinal() - EPOCH) * DAY + now_ms % DAY
    except ValueError:
        return (date(year, month + 2, 1).toordinal() - EPOCH) * DAY  # never December: it lacks no day


@lru_cache(10_000)
def address(text):
    """The IPv4 or IPv6 address of a text, else None; a mapped one is its IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if found.version == 4:
        return found
    return None if found.scope_id is not None else found.ipv4_mapped or found


@cache
def network(text):
    """The network of a text; a mapped one of /96 or longer is its IPv4 network."""
    found = ip_network(text)
    mapped = found.network_address.ipv4_mapped if found.version == 6 and found.prefixlen >= 96 else None
    return found if mapped is None else IPv4Network((mapped, found.prefixlen - 96))


def host(value):
    """An address, of a declared one or of a string that reads as one."""
    if isinstance(value, Ip):
        return value.address
    return address(value) if isinstance(value, str) else None


NUMBER = r"(?:0|[1-9][0-9]*)"
NAMES = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
LOWEST = (0, ((0, 0, ""),))
RELEASE = (1,)


def prerelease(text):
    """The order of what follows the `-`: a version without any stands above all that have one."""
    if not text:
        return RELEASE
    return (0, tuple((0, int(name), "") if name.isdigit() else (1, 0, name) for name in text.split(".")))


@lru_cache(10_000)
def version(text):
    """What orders a version by SemVer 2.0's precedence, else None; `1`, `1.2` and a leading `v` are allowed.

    At most 256 characters, its numbers at most 2^53 - 1.
    """
    numbers = rf"({NUMBER})(?:\.({NUMBER})(?:\.({NUMBER}))?)?"
    found = re.fullmatch(rf"v?{numbers}(?:-({NAMES}))?(?:\+{NAMES})?", text, re.ASCII)
    if not found or len(text) > 256:
        return None
    digits = [part for part in [*found.groups()[:3], *(found[4] or "").split(".")] if part and part.isdigit()]
    if any(part != str(int(part)) or int(part) > LARGEST for part in digits):
        return None
    return (*(int(part or 0) for part in found.groups()[:3]), prerelease(found[4]))


def release(value):
    if isinstance(value, Version):
        return value.order
    return version(value) if isinstance(value, str) else None


COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
NEVER = [("<", (0, 0, 0, LOWEST))]
PARTIAL = rf"v?({NUMBER}|[xX*])(?:\.({NUMBER}|[xX*])(?:\.({NUMBER}|[xX*])(?:-({NAMES}))?(?:\+{NAMES})?)?)?"


def in_range(order, text):
    """Whether a version, as `release` orders it, satisfies one of the alternatives of an npm range."""
    return any(all(COMPARE[sign](order, bound) for sign, bound in alternative) for alternative in ranges(text))


@cache
def ranges(text):
    """The alternatives of an npm range, each a list of (comparison, version) that must all hold."""
    alternatives = []
    for alternative in text.split("||"):
        hyphen = re.fullmatch(rf"\s*({PARTIAL})\s+-\s+({PARTIAL})\s*", alternative)
        if hyphen:
            alternatives.append(comparators(">=", *hyphen.groups()[1:5]) + comparators("<=", *hyphen.groups()[6:10]))
        else:
            found = re.findall(rf"(\^|~|>=|<=|>|<|=|)\s*{PARTIAL}", alternative)
            alternatives.append([each for parts in found for each in comparators(*parts)])
    return alternatives


def comparators(sign, *parts):
    given = []
    for part in parts[:3]:
        if not part or part in "xX*":
            break
        given.append(int(part))
    low = (*given, 0, 0, 0)[:3]
    exact = len(given) == 3
    floor = (*low, prerelease(parts[3]) if exact else RELEASE)

    def after(place, last=LOWEST):
        """The first version after all those that agree with this one up to `place`."""
        return (*(*low[:place], low[place] + 1, 0, 0)[:3], last)

    if not given:
        return NEVER if sign in (">", "<") else []
    if sign == "^":
        leading = next((place for place, number in enumerate(given) if number), len(given) - 1)
        return [(">=", floor), ("<", after(leading))]
    if sign == "~":
        return [(">=", floor), ("<", after(min(len(given) - 1, 1)))]
    if sign == ">=" or (sign in ("<", ">", "<=") and exact):
        return [(sign, floor)]
    if sign == "<":
        return [("<", (*low, LOWEST))]
    if sign == ">":
        return [(">=", after(len(given) - 1, RELEASE))]
    if sign == "<=":
        return [("<", after(len(given) - 1))]
    return [(">=", floor), ("<=", floor)] if exact else [(">=", floor), ("<", after(len(given) - 1))]
