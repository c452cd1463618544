"""Which User-Agents are programs: crawlers, link previews, monitors, HTTP clients and automated browsers.

ua-parser tells too few of them (799 of the 2,123 that crawler-user-agents 1.67 lists pass as people), and its
tables for it take longer to build than all its others together. So this is a table of our own: what programs
write of themselves by habit, then names; and whoever names no platform at all is no browser either.
"""

from functools import cache
from typing import Any

_HABITS = (
    r"https?:/|\+www\.|\b[\w-]+\.(?:com|net|org|ru|io|html|php)\b",  # an address to complain at
    r"bots?\b|bots?[_\d]|robot|crawl|xrawl|spider|scrap|slurp|archiv|fetch|harvest|spyder",
    r"preview|unfurl|favicon|thumbnail|screenshot|snippet|validat|verif|check|monitor|uptime|synthetic",
    r"inspect|auditor|scan\b|scan/|scanner|indexer|\brss\b|agent\b|agent[-/]|external(?:agent|hit|fbit)|subscribers",
    r"\(compatible\)|compatible; [\w.-]+\)|like gecko[;,] ",
)
_CLIENTS = (
    r"curl|wget|python|aiohttp|httpx/|urllib|go-http|fasthttp|httpclient|asynchttp|^java/|jersey|jakarta|jetty",
    r"libwww|\blwp|\bperl|\bphp|guzzle|\bruby|faraday|typhoeus|axios|node-fetch|undici|superagent|reqwest",
    r"rest-?sharp|winhttp|powershell|postman|insomnia|httpie|http[_%\d -]*(?:request|client)|indy library|deno/|bun/",
    r"k6/|jmeter|gatling|locust|nmap|masscan|zgrab|nikto|sqlmap|nuclei|nessus|openvas|hackney",
)
_BROWSERS_WITHOUT_PEOPLE = (
    r"headless|phantomjs|slimerjs|selenium|webdriver|playwright|puppeteer|cypress|prerender",
    r"lighthouse|pagespeed|\bptst|gtmetrix|pingdom|statuscake|newrelic|datadog|dareboost|site24x7|catchpoint",
)
_NAMES = (
    r"facebookexternal|facebookcatalog|meta-external|whatsapp/|skypeuri|slack-img",
    r"chatgpt-user|oai-search|claude-(?:user|search|web)|anthropic|perplexity-|cohere-|mistralai|gemini-|google-extended",
    r"google(?:other|-site|-safety|-read|-structured|-physicalweb|-ads|-notebooklm|-http| favicon)|mediapartners",
    r"appengine|apis-google|duplexweb|yisou|sogou web|coccoc|qwantify|manus-user|newsai",
    r"ahrefs|semrush|majestic|screaming frog|sistrix|siteimprove|silktide|httrack|heritrix|nutch|wayback|datanyze",
    r"w3c[_-]|wordpress|drupal|netcraft|twingly|miniflux|netvibes|newsgator|appinsights|xenu|outbrain",
    r"attracta|hardenize|collapsify|evc-batch|trendsmap|webcop|sitesucker|webcapture",
)
_PLATFORMS = (
    r"android|iphone|ipad|ipod|\bios\b|windows|mac ?os|macintosh|mac_powerpc|darwin|linux|x11|cros|tvos|watchos",
    r"tizen|web0s|webos|playstation|nintendo|xbox|roku|hbbtv|smart-?tv|symbian|series ?[46]0|blackberry|\bbb10\b",
    r"nokia|samsung|sonyericsson|midp|j2me|kaios|ubuntu|freebsd|openbsd|netbsd|sunos|haiku|harmonyos|openharmony",
)


def is_bot(user_agent: str) -> bool:
    """Whether a User-Agent says that no person sits before it. What a program hides cannot be told."""
    told, platform = _patterns()
    text = user_agent.lower().replace("cubot", "")  # a maker of phones
    return told.search(text) is not None or platform.search(text) is None


@cache
def _patterns() -> tuple[Any, Any]:
    """What tells a program, and what names a platform, for RE2: its time does not depend on the pattern."""
    import re2  # noqa: PLC0415  # loaded where an image asks for devices, as ua-parser is

    told = "|".join((*_HABITS, *_CLIENTS, *_BROWSERS_WITHOUT_PEOPLE, *_NAMES))
    return re2.compile(told), re2.compile("|".join(_PLATFORMS))
