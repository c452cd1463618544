"""What a User-Agent says: the browser and the system by ua-parser's tables, the type of device by words in it.

ua-parser is loaded when it is first needed: importing it and building its tables takes about 0.1 s. Its matcher is
a native one whose time does not depend on what is sent. Its table of devices is left alone: it names makers and
models, which nobody asks for here.
"""

import re
from functools import cache, lru_cache
from typing import Any

import msgspec

from shared.visitors import bots

_MOST_DIGITS = 9
MOST_REMEMBERED = 1_000  # of at most MAX_HEADER characters each, so 1 MB with what was read from them

_BROWSERS = {"Mobile Safari UI/WKWebView": "Safari", "Chrome Mobile WebView": "Android WebView"}
_FORM = re.compile(r"^Mobile |(?: (?:Mobile|iOS|Android|Tablet))+$")
_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
_LINUX = re.compile(r"Linux|Ubuntu|Debian|Fedora|Red Hat|SUSE|CentOS|Gentoo|Slackware|Mandriva|Mageia").search
_PHONE_SYSTEMS = ("iOS", "Android")

_TV = re.compile(
    r"smart-?tv|googletv|android ?tv|apple ?tv|tvos|hbbtv|netcast|web0s|webos\.tv|bravia|\broku|crkey|vidaa|viera"
    r"|\bdtv\b|\btv\b|(?-i:\bAFT[A-Z0-9]{1,6}\b)",
    re.IGNORECASE,
).search
_CONSOLE = re.compile(r"playstation|nintendo|xbox", re.IGNORECASE).search
_TABLET = re.compile(
    r"ipad|tablet(?! pc)|playbook|kindle|nexus (?:7|9|10)\b|sm-[tx][0-9]{3}|(?-i:\bKF[A-Z]{2,5}\b)", re.IGNORECASE
).search
_PHONE = re.compile(
    r"mobi|iphone|ipod|windows phone|blackberry|\bbb10\b|opera mini|nokia|symbian|midp|kaios", re.IGNORECASE
).search
_DESKTOP = re.compile(r"windows|macintosh|mac os x|mac_powerpc|x11|\bcros\b|linux", re.IGNORECASE).search


class Agent(msgspec.Struct, frozen=True):
    """What one User-Agent says; texts are empty where it does not say."""

    type: str
    is_bot: bool
    browser: str
    browser_version: str
    os: str
    os_version: str


@lru_cache(MOST_REMEMBERED)
def read(user_agent: str) -> Agent:
    """The agent behind a User-Agent."""
    browsers, systems = tables()
    browser, system = browsers.extract(user_agent), systems.extract(user_agent)
    os = _system(system.family) if system else ""
    is_bot = bots.is_bot(user_agent)
    return Agent(
        "bot" if is_bot else _type(user_agent, os),
        is_bot,
        _browser(browser.family) if browser else "",
        _version(browser.major, browser.minor, browser.patch) if browser else "",
        os,
        _version(system.major, system.minor, system.patch) if system and os != "Linux" else "",
    )


@cache
def tables() -> tuple[Any, Any]:
    """ua-parser's matchers of browsers and of systems; the first call builds them."""
    from ua_parser import load_lazy_builtins  # noqa: PLC0415  # only images that ask for devices pay for it
    from ua_parser_rs import OSExtractor, UserAgentExtractor  # noqa: PLC0415  # as above

    browsers, systems, _ = load_lazy_builtins()
    return UserAgentExtractor(map(_row, browsers)), OSExtractor(map(_row, systems))


def _row(matcher: Any) -> tuple[str, str | None, str | None, str | None, str | None, str | None]:
    return matcher.regex, matcher.family, matcher.major, matcher.minor, matcher.patch, matcher.patch_minor


def _type(user_agent: str, os: str) -> str:
    """The type of device; browsers on Android say `Mobile` on phones only, apps leave it out there too."""
    if _TV(user_agent):
        return "tv"
    if _CONSOLE(user_agent):
        return "other"
    if _TABLET(user_agent):
        return "tablet"
    if _PHONE(user_agent):
        return "mobile"
    if os in _PHONE_SYSTEMS:
        return "tablet" if user_agent.startswith("Mozilla/") else "mobile"
    return "desktop" if _DESKTOP(user_agent) else "other"


def _browser(family: str) -> str:
    """A browser's name without the form of device: it has an attribute of its own."""
    return _BROWSERS.get(family) or _FORM.sub("", family) or family


def _system(family: str) -> str:
    return "Linux" if _LINUX(family) else _SYSTEMS.get(family, family)


def _version(*parts: str | None) -> str:
    """The leading numbers as a version."""
    return version_of(".".join(part for part in parts if part))


def version_of(text: str) -> str:
    """The first three numbers of a dotted version, as rules compare versions; empty where it begins with none."""
    numbers: list[str] = []
    for part in text.split(".", 3)[:3]:
        if not (part.isascii() and part.isdigit()) or len(part) > _MOST_DIGITS:
            break
        numbers.append(str(int(part)))
    return ".".join(numbers)
