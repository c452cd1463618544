"""`python -m shared.local.upload LIST FILE`: streams a file of ids into a list, and goes on where it was stopped."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shared.local.client import CallFailed, Client

PART_BYTES = 250_000  # the API takes 262,144
PATIENCE_SECONDS = 120  # without any progress
URL = "http://127.0.0.1:8080"
FORMATS = {".csv": "text/csv", ".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson"}
_PASSING = (0, 409, 429, 503)  # no answer, somebody else at it, too fast, not available now


def main() -> int:
    """Uploads the file; the exit status is 0 when all of it is in the list, 1 where it could not be."""
    options = _options()
    client = Client(options.url, options.key)
    try:
        upload = _started(client, options)
        upload = _send(client, options, upload)
    except (CallFailed, OSError) as error:
        print(f"\nmuster: {error}", file=sys.stderr)
        return 1
    finally:
        client.close()
    for line in upload["refused_lines"]:
        print(f"line {line['line']}: {line['detail']}")
    print(f"{upload['added']:,} ids added, {upload['repeated']:,} repeated, {upload['refused']:,} lines refused")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shared.local.upload", description=__doc__)
    parser.add_argument("list", help="the key of the list, which is made where there is none")
    parser.add_argument("file", type=Path, help="ids, one a line; .csv takes the first column, .ndjson JSON Lines")
    parser.add_argument("--environment", default="production")
    parser.add_argument("--mode", choices=("add", "replace"), default="add", help="to the ids of the list, or for them")
    parser.add_argument("--resume", action="store_true", help="go on with the open upload, which is of the same file")
    parser.add_argument("--url", default=URL)
    parser.add_argument("--key", default=os.environ.get("MUSTER_KEY"), help="a secret key ($MUSTER_KEY)")
    options = parser.parse_args()
    if not options.key:
        parser.error("name a secret key by --key or $MUSTER_KEY")
    return options


def _started(client: Client, options: argparse.Namespace) -> Any:
    """The upload to send parts of: a new one, or the open one. Raises CallFailed."""
    here = f"/v1/lists/{quote(options.list, safe='')}"
    query = f"?environment={quote(options.environment)}"
    try:
        found = client.call("GET", here + query)
    except CallFailed as failed:
        if failed.status != 404:
            raise
        found = client.call("PUT", here + query, {"name": options.list})
    upload = found["upload"]
    if options.resume and upload is not None and upload["state"] == "open":
        return upload
    return client.call("POST", f"{here}/uploads{query}", {"mode": options.mode})


def _send(client: Client, options: argparse.Namespace, upload: Any) -> Any:
    """Sends what the upload lacks of the file, part by part, and finishes it. Raises CallFailed."""
    address = f"/v1/lists/{quote(options.list, safe='')}/uploads/{upload['upload']}"
    query = f"?environment={quote(options.environment)}"
    headers = {"Content-Type": FORMATS.get(options.file.suffix, "text/plain")}
    progress, moved_at = _Progress(options.file.stat().st_size, upload["lines"]), time.monotonic()
    while part := _part(options.file, upload["received"]):
        before = upload["received"]
        try:
            upload = client.call("PUT", f"{address}/parts{query}&offset={before}", part, headers)
        except CallFailed as failed:
            if failed.status not in _PASSING or time.monotonic() - moved_at > PATIENCE_SECONDS:
                raise
            time.sleep(1)
            upload = _asked(client, address + query, upload)
        if upload["received"] > before:
            moved_at = time.monotonic()
        progress.tell(upload)
    return client.call("POST", f"{address}/finish{query}", {"bytes": upload["received"]})


def _asked(client: Client, address: str, upload: Any) -> Any:
    """How far the upload is, as the product says, or, where it does not answer, as it last said."""
    try:
        return client.call("GET", address)
    except CallFailed as failed:
        if failed.status not in _PASSING:
            raise
        return upload


def _part(file: Path, offset: int) -> bytes:
    """Whole lines of the file from `offset` on; its last line may lack its end, and gets one."""
    with file.open("rb") as source:
        source.seek(offset)
        data = source.read(PART_BYTES)
    if len(data) < PART_BYTES:
        return data if not data or data.endswith(b"\n") else data + b"\n"
    return data[: data.rfind(b"\n") + 1] or data


class _Progress:
    """A line on the terminal that says how far it is, and how fast it goes."""

    def __init__(self, size: int, lines: int) -> None:
        self._size = max(size, 1)
        self._lines = lines
        self._start = time.monotonic()

    def tell(self, upload: Any) -> None:
        """Say it."""
        seconds = max(time.monotonic() - self._start, 0.001)
        share = min(100 * upload["received"] / self._size, 100)
        rate = (upload["lines"] - self._lines) / seconds
        text = f"{share:5.1f} %  {upload['lines']:,} lines  {rate:,.0f} a second  {upload['refused']:,} refused"
        print(f"\r{text:78}", end="\n" if share == 100 else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
