"""The visitor's device: client hints where the browser sends them, else its User-Agent."""

from shared.visitors import agents, hints
from shared.visitors.agents import Agent, version_of
from shared.visitors.headers import Headers, text_of
from shared.visitors.hints import Hints

HEADERS = ("user-agent", *hints.HEADERS)
"""What `of` reads."""

_DESKTOPS = ("Windows", "macOS", "Linux", "ChromeOS")
_KEPT_TYPES = ("bot", "tv", "other")
"""Types that hints have no word for: a television says that it is not mobile."""

_AUTOMATED = "HeadlessChrome"


def of(headers: Headers) -> dict[str, object]:
    """`type`, `is_bot`, `os`, `os_version`, `browser` and `browser_version`, as far as the headers say."""
    user_agent = text_of(headers, "user-agent")
    agent = agents.read(user_agent) if user_agent is not None else None
    told = hints.read(headers)
    found: dict[str, object] = {}
    if agent is not None or told.browser is not None:
        found["is_bot"] = told.browser == _AUTOMATED or (agent is not None and agent.is_bot)
    kind = "bot" if found.get("is_bot") else _type(agent, told)
    texts = {"type": kind, **_system(agent, told), **_browser(agent, told)}
    return found | {name: text for name, text in texts.items() if text}


def warm() -> None:
    """Builds what the first User-Agent would wait for."""
    agents.read("Mozilla/5.0 (X11; Linux x86_64)")


def _type(agent: Agent | None, told: Hints) -> str:
    said = agent.type if agent is not None else ""
    if said in _KEPT_TYPES or told.mobile is None:
        return said
    if told.mobile:
        return "mobile"
    if told.os == "Android":
        return "tablet"
    return "desktop" if told.os in _DESKTOPS else said


def _system(agent: Agent | None, told: Hints) -> dict[str, str]:
    """A browser that hints at its system has frozen the version in its User-Agent, so that one is not read."""
    if told.os is not None:
        return {"os": told.os, "os_version": version_of(told.os_version or "")}
    return {"os": agent.os, "os_version": agent.os_version} if agent is not None else {}


def _browser(agent: Agent | None, told: Hints) -> dict[str, str]:
    if told.browser is not None:
        return {"browser": told.browser, "browser_version": version_of(told.browser_version or "")}
    return {"browser": agent.browser, "browser_version": agent.browser_version} if agent is not None else {}
