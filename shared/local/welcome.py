"""What `make run` prints once it answers: keys, calls that work as they stand, and where to look."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from shared.local.keys import Keys

_TEXT = """
muster answers on {url}

  publishable key (production): {publishable}
  secret key (all environments): {secret}

{questions}

{places}
  {url}/docs   the API reference

Ctrl-C stops it. The data lies in {folder} and is saved on every stop;
a crash of the machine loses what came since the start.
"""


class _Question(msgspec.Struct, frozen=True):
    """A call that shows something. browser: asked with the publishable key, which names its environment."""

    title: str
    operation: str
    body: str
    browser: bool = False


class _Tour(msgspec.Struct, frozen=True):
    """What there is to see in a sample project. places: lines on where else to look."""

    questions: tuple[_Question, ...]
    places: str


_TOURS: Mapping[str, _Tour] = {
    "cdnow": _Tour(
        (
            _Question(
                "Which audiences is a real customer in?",
                "evaluate",
                '{"visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}}',
            ),
            _Question(
                "What may a browser learn of somebody new who comes from a mailing?",
                "evaluate",
                '{"page": {"url": "https://shop.example/?utm_source=mail&utm_campaign=summer-98"}}',
                browser=True,
            ),
            _Question(
                "Why is the customer in an audience?",
                "explain",
                '{"audience": "win-back", "visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}}',
            ),
        ),
        "  SAMPLE=workplace make run   500 employees in place of the customers\n"
        "  {url}/demo   a page that changes with the audience",
    ),
    "workplace": _Tour(
        (
            _Question(
                "Which audiences is an employee in, who asks from Zurich on a Monday afternoon?",
                "evaluate",
                '{"visitor": {"id": "e490"}, "geo": {"timezone": "Europe/Zurich"},'
                ' "request": {"time": "2026-06-15T13:00:00Z", "ip": "10.20.3.4"}}',
            ),
            _Question(
                "What may a browser in New York learn, where it is nine in the morning?",
                "evaluate",
                '{"geo": {"timezone": "America/New_York"}, "request": {"time": "2026-06-15T13:00:00Z"}}',
                browser=True,
            ),
            _Question(
                "Why is the employee in an audience?",
                "explain",
                '{"audience": "hand-over", "visitor": {"id": "e490"}, "geo": {"timezone": "Europe/Zurich"},'
                ' "request": {"time": "2026-06-15T13:00:00Z"}}',
            ),
        ),
        "  make run   the customers of a shop in place of the employees",
    ),
}


def welcome(url: str, sample: str, folder: Path, keys: Keys) -> str:
    """The text for a sample project; each of its three calls stands on one line that begins with `curl`."""
    tour = _TOURS[sample]
    questions = "\n\n".join(f"{each.title}\n\n{_curl(url, keys, each)}" for each in tour.questions)
    return _TEXT.format(
        url=url,
        folder=folder,
        publishable=keys.publishable,
        secret=keys.secret,
        questions=questions,
        places=tour.places.format(url=url),
    )


def _curl(url: str, keys: Keys, question: _Question) -> str:
    key, query = (keys.publishable, "") if question.browser else (keys.secret, "?environment=production")
    return (
        f"curl -s '{url}/v1/{question.operation}{query}' -H 'Authorization: Bearer {key}'"
        f" -H 'Content-Type: application/json' -d '{question.body}'"
    )
