"""Keys for the audiences of an export, made of the names that they have at the source."""

import re
from collections.abc import Iterable

_LONGEST = 64
_OTHER = re.compile(r"[^a-z0-9._-]+")


def keys_of(names: Iterable[str]) -> list[str]:
    """A key for each name, in order, no two alike: `VIP customers` becomes `vip-customers`, the next one `-2`."""
    taken: set[str] = set()
    keys = []
    for name in names:
        plain = _OTHER.sub("-", name.lower()).strip("-._")[:_LONGEST] or "audience"
        key, number = plain, 1
        while key in taken:
            number += 1
            key = f"{plain[: _LONGEST - len(str(number)) - 1]}-{number}"
        taken.add(key)
        keys.append(key)
    return keys
