"""What `make run` prints once it answers: keys, calls that work as they stand, and where to look."""

from pathlib import Path

from shared.local.keys import Keys

_TEXT = """
muster answers on {url}

  publishable key (production): {publishable}
  secret key (all environments): {secret}

Which audiences is a real customer in?

{evaluate}

What may a browser learn of somebody new who comes from a mailing?

{browser}

Why is the customer in an audience?

{explain}

  {url}/demo   a page that changes with the audience
  {url}/docs   the API reference

Ctrl-C stops it. The data lies in {folder} and is saved on every stop;
a crash of the machine loses what came since the start.
"""


def welcome(url: str, folder: Path, keys: Keys) -> str:
    """The text; each of its three calls stands on one line that begins with `curl`."""
    return _TEXT.format(
        url=url,
        folder=folder,
        publishable=keys.publishable,
        secret=keys.secret,
        evaluate=_curl(
            keys.secret,
            f"{url}/v1/evaluate?environment=production",
            '{"visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}}',
        ),
        browser=_curl(
            keys.publishable,
            f"{url}/v1/evaluate",
            '{"page": {"url": "https://shop.example/?utm_source=mail&utm_campaign=summer-98"}}',
        ),
        explain=_curl(
            keys.secret,
            f"{url}/v1/explain?environment=production",
            '{"audience": "win-back", "visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}}',
        ),
    )


def _curl(key: str, url: str, body: str) -> str:
    return f"curl -s '{url}' -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{body}'"
