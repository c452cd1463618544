"""An example of every operation, told as one story: a test asks from first to last and compares the answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

PATH = Path(__file__).with_name("examples.json")


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One call: method and address, headers beside the key, the body (text is lines), and the answer, if any."""

    call: str
    headers: dict[str, str] = {}
    request: dict[str, Any] | str | None = None
    response: dict[str, Any] | None = None


EXAMPLES: Mapping[str, Example] = msgspec.json.decode(PATH.read_bytes(), type=dict[str, Example])
"""By operation, in the order of the story. Key texts and image hashes are made up."""
