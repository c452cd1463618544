"""The keys of the local project, kept readable by their owner only: the store has just their hashes."""

import os
import time
from pathlib import Path

import msgspec

from shared.local.client import CallFailed, Client

UNKNOWN = 401
WAIT_SECONDS = 20


class Keys(msgspec.Struct, frozen=True):
    """A publishable key of production and a secret key of every environment, with every scope."""

    publishable: str
    secret: str


def keep_keys(folder: Path, keys: Keys) -> Keys:
    """Writes the keys; that they are there says that the sample project was loaded whole."""
    file = _file(folder)
    draft = file.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        output.write(msgspec.json.format(msgspec.json.encode(keys)))
    draft.replace(file)
    return keys


def find_keys(folder: Path, url: str) -> Keys | None:
    """The kept keys, or None where there are none or the product at `url` does not know them: its data was lost."""
    try:
        keys = msgspec.json.decode(_file(folder).read_bytes(), type=Keys)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return None if _status(keys, url) == UNKNOWN else keys


def wait_until_known(keys: Keys, url: str) -> None:
    """Waits until evaluate, which looks for new keys every few seconds, takes these. Raises CallFailed."""
    deadline = time.monotonic() + WAIT_SECONDS
    while _status(keys, url) == UNKNOWN:
        if time.monotonic() > deadline:
            raise CallFailed("POST /v1/evaluate", UNKNOWN, f"new keys are not taken after {WAIT_SECONDS} seconds")
        time.sleep(0.2)


def _status(keys: Keys, url: str) -> int:
    client = Client(url, keys.publishable)
    try:
        client.call("POST", "/v1/evaluate", {})
    except CallFailed as failed:
        return failed.status
    finally:
        client.close()
    return 200


def _file(folder: Path) -> Path:
    return folder / "keys.json"
