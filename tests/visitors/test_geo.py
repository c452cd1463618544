"""The place and the address from the headers of CDNs."""

import re
from pathlib import Path

import pytest

from shared.visitors.agents import MOST_REMEMBERED
from shared.visitors.geo import CDNS, address_of
from shared.visitors.geo import of as place_of
from shared.visitors.headers import MAX_COOKIE, MAX_COOKIES, MAX_HEADER
from shared.visitors.locale import MAX_RANGES

VIENNA = {
    "country": "AT",
    "region": "9",
    "city": "Wien",
    "lat": "48.2085",
    "lon": "16.3721",
    "timezone": "Europe/Vienna",
}
PLACE = {**VIENNA, "lat": 48.2085, "lon": 16.3721}


def headers(cdn, **texts):
    return {CDNS[cdn].names[name]: text for name, text in texts.items() if name in CDNS[cdn].names}


@pytest.mark.parametrize("cdn", CDNS)
def test_each_cdns_headers_say_the_same(cdn):
    expected = {name: value for name, value in PLACE.items() if name in CDNS[cdn].names}
    assert place_of(headers(cdn, **VIENNA), CDNS[cdn]) == expected


@pytest.mark.parametrize("cdn", CDNS)
def test_another_cdns_headers_are_not_read(cdn):
    for other in CDNS.keys() - {cdn}:
        assert place_of(headers(other, **VIENNA), CDNS[cdn]) == {}


@pytest.mark.parametrize(
    ("sent", "city"),
    [
        ("S%C3%A3o%20Paulo", "São Paulo"),
        ("São Paulo", "São Paulo"),
        ("São Paulo".encode().decode("latin-1"), "São Paulo"),
        ("Zu\u0308rich", "Zürich"),
        ("100%", "100%"),
        ("%20", None),
        ("?", None),
        ("\udcff", None),
        ("x" * 1025, None),
    ],
)
def test_a_citys_name_is_text(sent, city):
    assert place_of({"cf-ipcity": sent}, CDNS["cloudflare"]).get("city") == city


@pytest.mark.parametrize("country", ["XX", "T1", "**", "ZZ", "AUT", "?"])
def test_where_no_country_is_known_no_place_is(country):
    sent = headers("cloudflare", **VIENNA | {"country": country, "lat": "0.000", "lon": "0.000"})
    assert place_of(sent, CDNS["cloudflare"]) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("lat", text) for text in ("91", "-90.1", "nan", "1e1", "48,2", "4_8", "٤٨")),
        *(("lon", text) for text in ("181", "inf", "")),
        *(("timezone", text) for text in ("Europe/", "../etc/passwd", "+01:00", "-")),
        *(("region", text) for text in ("Vienna", "-", "9/1")),
    ],
)
def test_what_cannot_be_is_missing(name, text):
    assert place_of(headers("cloudfront", **VIENNA | {name: text}), CDNS["cloudfront"]) == {
        other: value for other, value in PLACE.items() if other != name
    }


def test_letters_of_codes_are_capitals():
    place = place_of(headers("vercel", country="us", region="ca"), CDNS["vercel"])
    assert place == {"country": "US", "region": "CA"}


@pytest.mark.parametrize(
    ("cdn", "text", "address"),
    [
        ("cloudfront", "198.51.100.10:46532", "198.51.100.10"),
        ("cloudfront", "2001:db8::1:4653", "2001:db8::1"),
        ("cloudfront", "[2001:db8::1]:443", "2001:db8::1"),
        ("cloudfront", "198.51.100.10", None),
        ("cloudflare", "2001:db8::1", "2001:db8::1"),
        ("fastly", "198.51.100.10", "198.51.100.10"),
        ("vercel", "198.51.100.10, 10.0.0.1", None),
        ("vercel", "unknown", None),
    ],
)
def test_the_address_is_one(cdn, text, address):
    assert address_of({CDNS[cdn].address: text}, CDNS[cdn]) == address
    assert address_of({}, CDNS[cdn]) is None


PAGE = (Path(__file__).parents[2] / "docs/visitor-document.md").read_text()


def test_the_table_of_the_documents_is_that_of_the_code():
    rows = [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in PAGE.splitlines()]
    (header,) = (row for row in rows if row[1:] == list(CDNS))
    shown = {row[0]: row[1:] for row in rows if len(row) == len(header)}
    for place, cdn in enumerate(CDNS.values()):
        expected = {f"geo.{name}": cdn.names.get(name, "") for name in VIENNA} | {"request.ip": cdn.address}
        assert {name: shown[name][place].lower() for name in expected} == expected


def test_the_limits_of_the_documents_are_those_of_the_code():
    limits = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", PAGE.split("## Limits")[1], re.MULTILINE))
    assert limits["a header that is read"] == f"{MAX_HEADER:,} characters"
    assert limits["languages in `Accept-Language`"] == f"{MAX_RANGES}"
    assert limits["cookies"] == f"{MAX_COOKIES}, of {MAX_COOKIE:,} characters each"
    assert limits["User-Agents remembered by a container"] == f"{MOST_REMEMBERED:,}"
