"""User-Agent Client Hints: what Chromium's browsers say of themselves in headers (wicg.github.io/ua-client-hints)."""

import re

import msgspec

from shared.visitors.headers import Headers, text_of

HEADERS = (
    "sec-ch-ua",
    "sec-ch-ua-full-version-list",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
)
"""What `read` looks at."""

_BRAND = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*;\s*v="([0-9.]{1,32})"').finditer
_TEXT = re.compile(r'"([^"\\]{1,64})"').fullmatch
_ENGINE = "Chromium"
_BROWSERS = {"Google Chrome": "Chrome", "Microsoft Edge": "Edge", "YaBrowser": "Yandex Browser"}
_SYSTEMS = {"Chrome OS": "ChromeOS", "Chromium OS": "ChromeOS"}
_WINDOWS = {"0.1": "7", "0.2": "8", "0.3": "8.1"}
_WINDOWS_11 = 13  # the first major platform version of Windows 11; 1 to 10 are Windows 10


class Hints(msgspec.Struct, frozen=True):
    """What the hints say, None where they say nothing. mobile: whether the browser wants pages for phones."""

    browser: str | None = None
    browser_version: str | None = None
    os: str | None = None
    os_version: str | None = None
    mobile: bool | None = None


NO_HINTS = Hints()


def read(headers: Headers) -> Hints:
    """The hints among a request's headers; what is no structured header of its kind is not read."""
    if headers.keys().isdisjoint(HEADERS):
        return NO_HINTS
    browser, version = _browser(text_of(headers, "sec-ch-ua"), text_of(headers, "sec-ch-ua-full-version-list"))
    platform = _string(text_of(headers, "sec-ch-ua-platform"))
    system = None if platform in (None, "Unknown") else platform
    platform_version = _string(text_of(headers, "sec-ch-ua-platform-version"))
    return Hints(
        browser,
        version,
        _SYSTEMS.get(system, system) if system else None,
        _system_version(system, platform_version) if system and platform_version else None,
        {"?1": True, "?0": False}.get(text_of(headers, "sec-ch-ua-mobile") or ""),
    )


def _browser(short: str | None, full: str | None) -> tuple[str | None, str | None]:
    """The brand that names the browser, and its version: the full one where it is given."""
    brands = _brands(short) | _brands(full)
    if not brands:
        return None, None
    # products come first that are built upon others; what is left of `Not;A=Brand` is there to be ignored
    brand = min(brands, key=lambda name: (name == _ENGINE, name == "Google Chrome"))
    return _BROWSERS.get(brand, brand), brands[brand]


def _brands(text: str | None) -> dict[str, str]:
    found = _BRAND(text) if text else ()
    return {brand[1]: brand[2] for brand in found if not _is_grease(brand[1])}


def _is_grease(brand: str) -> bool:
    """Whether a brand is one of those that browsers invent so that nobody relies on the list's shape."""
    return "".join(filter(str.isalpha, brand)).lower() == "notabrand"


def _string(text: str | None) -> str | None:
    found = _TEXT(text) if text else None
    return found[1] if found else None


def _system_version(system: str, version: str) -> str:
    """The version that people call a system by; Windows sends the one of a programming interface."""
    if system != "Windows":
        return version
    major, _, rest = version.partition(".")
    if major == "0":
        return _WINDOWS.get(f"0.{rest.partition('.')[0]}", "")
    return "11" if major.isdigit() and len(major) < 4 and int(major) >= _WINDOWS_11 else "10"
