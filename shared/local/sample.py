"""The sample projects, loaded as a campaign tool would: through the product's own management API."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from shared.local import cdnow, workplace
from shared.local.client import CallFailed, Client

ENVIRONMENT = "production"
BATCH = 400  # employees of 540 bytes each; a call takes 256 KB

Progress = Callable[[str], None]


class Sample(msgspec.Struct, frozen=True):
    """A sample project. folder: its catalogue, audiences and lists; people: what its visitors are called.

    visitors: gives the traits of everybody, by id.
    """

    folder: Path
    people: str
    visitors: Callable[[], dict[str, dict[str, object]]]

    def lists(self) -> dict[str, list[str]]:
        """The ids of every id list, by the key of the list; each list is a file with an id a line."""
        files = sorted((self.folder / "lists").glob("*.txt"))
        return {file.stem: file.read_text(encoding="utf-8").split() for file in files}


SAMPLES: Mapping[str, Sample] = {
    "cdnow": Sample(cdnow.FOLDER, "customers", cdnow.visitors),
    "workplace": Sample(workplace.FOLDER, "employees", workplace.visitors),
}
"""By the name of the folder; the first is what `make run` starts with."""


def load(sample: Sample, client: Client, progress: Progress) -> None:
    """The attribute catalogue, the lists, the audiences, the visitors of production, and a first release of it.

    Every call says what shall be, so that loading again after an interruption repeats nothing.
    """
    for path, attribute in json.loads((sample.folder / "attributes.json").read_text()).items():
        client.call("PUT", f"/v1/attributes/{quote(path, safe='')}", attribute)
    _put_lists(sample, client)
    _put_audiences(sample, client)
    _load_visitors(sample, client, progress)
    client.call("POST", f"/v1/environments/{ENVIRONMENT}/releases", {"message": "the sample project"})


def _load_visitors(sample: Sample, client: Client, progress: Progress) -> None:
    items: list[dict[str, object]] = [{"id": each, "traits": traits} for each, traits in sample.visitors().items()]
    for start in range(0, len(items), BATCH):
        client.call("PUT", f"/v1/visitors?environment={ENVIRONMENT}", {"items": items[start : start + BATCH]})
        progress(f"{min(start + BATCH, len(items)):,} of {len(items):,} {sample.people}")


def _put_lists(sample: Sample, client: Client) -> None:
    for key, ids in sample.lists().items():
        client.call("PUT", f"/v1/lists/{key}?environment={ENVIRONMENT}", {"name": key})
        for start in range(0, len(ids), BATCH):
            entries = f"/v1/lists/{key}/entries?environment={ENVIRONMENT}"
            client.call("POST", entries, {"add": ids[start : start + BATCH]})


def _put_audiences(sample: Sample, client: Client) -> None:
    """Many in one call; each has a result of its own. Raises CallFailed with the first that was refused."""
    audiences = json.loads((sample.folder / "audiences.json").read_text())
    for result in client.call("PUT", "/v1/audiences", {"items": audiences})["items"]:
        if result["status"] >= 300:
            raise CallFailed("PUT /v1/audiences", result["status"], json.dumps(result))


def new_publishable_key(client: Client, origins: list[str]) -> str:
    """The text of a new key for browsers on these origins."""
    wanted = {"name": "demo page", "kind": "publishable", "environments": [ENVIRONMENT], "origins": origins}
    created: dict[str, str] = client.call("POST", "/v1/keys", wanted)
    return created["key"]
