"""Faults as log lines: one JSON object a line on stderr, where Lambda picks it up.

Fields are codes, counts and names of things that belong to the deployment: never a key, a value of a
visitor, a body or a query. No line is written for a request that went well.
"""

import sys

import msgspec


def report(event: str, **fields: str | int | None) -> None:
    """Writes one line; `event` is a kebab-case name such as `refresh-failed`."""
    line = msgspec.json.encode({"level": "WARNING", "event": event, **fields})
    sys.stderr.write(line.decode() + "\n")
