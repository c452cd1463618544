"""Where the visitor is and at which address, as a CDN says it in its own headers.

The headers are believed only from a CDN that the deployment names (see context.py): anybody can send them.
Their names are those of each vendor's documentation; docs/visitor-document.md shows the table.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import msgspec

from shared.rules import addresses
from shared.rules.kinds import nfc
from shared.visitors.headers import Headers, text_of

_COUNTRY = re.compile(r"[A-Z]{2}").fullmatch
_REGION = re.compile(r"[A-Z0-9]{1,3}").fullmatch
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?").fullmatch
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*").fullmatch
_NO_COUNTRIES = ("XX", "ZZ")  # Cloudflare's and ISO 3166's words for unknown; T1, Cloudflare's for Tor, is no letters


class Cdn(msgspec.Struct, frozen=True):
    """The headers of one CDN. names: of `geo`, by name; address: holds the visitor's address, has_port: and a port."""

    names: Mapping[str, str]
    address: str
    has_port: bool = False


CDNS: Mapping[str, Cdn] = {
    "cloudfront": Cdn(
        {
            "country": "cloudfront-viewer-country",
            "region": "cloudfront-viewer-country-region",
            "city": "cloudfront-viewer-city",
            "lat": "cloudfront-viewer-latitude",
            "lon": "cloudfront-viewer-longitude",
            "timezone": "cloudfront-viewer-time-zone",
        },
        "cloudfront-viewer-address",
        has_port=True,
    ),
    "cloudflare": Cdn(
        {
            "country": "cf-ipcountry",
            "region": "cf-region-code",
            "city": "cf-ipcity",
            "lat": "cf-iplatitude",
            "lon": "cf-iplongitude",
            "timezone": "cf-timezone",
        },
        "cf-connecting-ip",
    ),
    "fastly": Cdn(
        {
            "country": "client-geo-country",
            "region": "client-geo-region",
            "city": "client-geo-city",
            "lat": "client-geo-latitude",
            "lon": "client-geo-longitude",
        },
        "fastly-client-ip",
    ),
    "vercel": Cdn(
        {
            "country": "x-vercel-ip-country",
            "region": "x-vercel-ip-country-region",
            "city": "x-vercel-ip-city",
            "lat": "x-vercel-ip-latitude",
            "lon": "x-vercel-ip-longitude",
            "timezone": "x-vercel-ip-timezone",
        },
        "x-vercel-forwarded-for",
    ),
}
"""The CDNs whose headers can be read, by the name that a deployment calls them by."""


def of(headers: Headers, cdn: Cdn) -> dict[str, object]:
    """What a CDN's headers say of the place; where it says that it knows no country, nothing."""
    texts = {name: text_of(headers, header) for name, header in cdn.names.items()}
    found = {name: _READ[name](text) for name, text in texts.items() if text is not None}
    if "country" in found and found["country"] is None:
        return {}
    return {name: value for name, value in found.items() if value is not None}


def address_of(headers: Headers, cdn: Cdn) -> str | None:
    """The visitor's address as a CDN says it; None where it says none."""
    text = text_of(headers, cdn.address)
    if text is not None and cdn.has_port:
        text = text.rpartition(":")[0].strip("[]")  # before the port an IPv6 address may stand without brackets
    return text if text is not None and addresses.key(text) is not None else None


def _country(text: str) -> str | None:
    code = text.upper()
    return code if _COUNTRY(code) and code not in _NO_COUNTRIES else None


def _region(text: str) -> str | None:
    code = text.upper()
    return code if _REGION(code) else None


def _city(text: str) -> str | None:
    """A city's name; CloudFront and Vercel percent-encode what is no ASCII, Fastly writes `?` for none."""
    name = nfc(unquote(text)).strip() if "%" in text else text
    return name if name and name != "?" else None


def _degrees(most: int) -> Callable[[str], float | None]:
    def degrees(text: str) -> float | None:
        number = float(text) if _DEGREES(text) else most + 1
        return number if -most <= number <= most else None

    return degrees


def _zone(text: str) -> str | None:
    return text if _ZONE(text) else None


_READ: Mapping[str, Callable[[str], object]] = {
    "country": _country,
    "region": _region,
    "city": _city,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "timezone": _zone,
}
