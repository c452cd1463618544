"""What follows from `page.url`: host, path, query, the referrer's host, and the campaign (`utm`)."""

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from shared.rules.kinds import nfc
from shared.visitors.document import Document

MAX_PARAMETERS = 200
_UTM = ("source", "medium", "campaign", "term", "content")


def fill(document: Document) -> None:
    """Adds to `page` and `utm` what their URLs say; what the request gave itself stays, also where it is null."""
    page = document.get("page")
    if not isinstance(page, dict):
        return
    url = _split(page.get("url"))
    if url is not None:
        query = _query(url.query)
        given = document.get("utm")
        document["utm"] = _campaign(query) | (given if isinstance(given, dict) else {})
        page = {"host": nfc(url.hostname or ""), "path": nfc(url.path), "query": query} | page
    referrer = _split(page.get("referrer"))
    if referrer is not None:
        page = {"referrer_host": nfc(referrer.hostname or "")} | page
    document["page"] = page


def _split(url: object) -> SplitResult | None:
    """The parts of an absolute URL, None for anything else."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.hostname else None


def _query(text: str) -> dict[str, object]:
    """The first value of each parameter, as a browser's `URLSearchParams.get` reads it."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return {}
    return {nfc(name): nfc(value) for name, value in reversed(pairs)}


def _campaign(query: Mapping[str, object]) -> dict[str, object]:
    return {name: query[f"utm_{name}"] for name in _UTM if f"utm_{name}" in query}
