"""The sample project, loaded as a campaign tool would: through the product's own management API."""

import json
from collections.abc import Callable
from urllib.parse import quote

from shared.local import cdnow
from shared.local.client import CallFailed, Client

ENVIRONMENT = "production"
BATCH = 500  # as many as one call takes

Progress = Callable[[str], None]


def load(client: Client, progress: Progress) -> None:
    """The attribute catalogue, the audiences, the visitors of production, and a first release of it.

    Every call says what shall be, so that loading again after an interruption repeats nothing.
    """
    for path, attribute in json.loads((cdnow.FOLDER / "attributes.json").read_text()).items():
        client.call("PUT", f"/v1/attributes/{quote(path, safe='')}", attribute)
    _put_audiences(client)
    _load_visitors(client, progress)
    client.call("POST", f"/v1/environments/{ENVIRONMENT}/releases", {"message": "the sample project"})


def _load_visitors(client: Client, progress: Progress) -> None:
    items: list[dict[str, object]] = [
        {"id": customer, "traits": traits} for customer, traits in cdnow.visitors().items()
    ]
    for start in range(0, len(items), BATCH):
        client.call("PUT", f"/v1/visitors?environment={ENVIRONMENT}", {"items": items[start : start + BATCH]})
        progress(f"{min(start + BATCH, len(items)):,} of {len(items):,} customers")


def _put_audiences(client: Client) -> None:
    """Many in one call; each has a result of its own. Raises CallFailed with the first that was refused."""
    audiences = json.loads((cdnow.FOLDER / "audiences.json").read_text())
    for result in client.call("PUT", "/v1/audiences", {"items": audiences})["items"]:
        if result["status"] >= 300:
            raise CallFailed("PUT /v1/audiences", result["status"], json.dumps(result))


def new_publishable_key(client: Client, origins: list[str]) -> str:
    """The text of a new key for browsers on these origins."""
    wanted = {"name": "demo page", "kind": "publishable", "environments": [ENVIRONMENT], "origins": origins}
    created: dict[str, str] = client.call("POST", "/v1/keys", wanted)
    return created["key"]
