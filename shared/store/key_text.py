"""The text of an API key: `pk_<key id>_<secret><check>` or `sk_...`.

key id: 12 characters, public. secret: 26 characters, 128 random bits. check: CRC-32 of all before it,
6 characters, so that scanners of repositories and typing errors are told at once. The hot function
loads this module.
"""

import hashlib
import re
import zlib

PUBLISHABLE, SECRET = "pk", "sk"
_SHAPE = re.compile(r"(?:pk|sk)_([a-z2-7]{12})_[a-z2-7]{26}[0-9a-f]{6}").fullmatch


def compose(prefix: str, key_id: str, secret: str) -> str:
    """The whole text of a key."""
    text = f"{prefix}_{key_id}_{secret}"
    return text + _check(text)


def key_id(text: str) -> str | None:
    """The key id of a well-formed key whose check fits, else None."""
    found = _SHAPE(text)
    return found[1] if found and text.endswith(_check(text[:-6])) else None


def digest(text: str) -> bytes:
    """What is stored of a key. The secret has 128 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(text.encode()).digest()


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"
