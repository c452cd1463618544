"""Entity tags (RFC 9110, 8.8.3 and 13.1.2)."""

from hashlib import sha256


def etag_of(content: bytes) -> str:
    """The strong tag of a representation."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def is_match(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has this representation already: `*`, or one of the listed tags, compared weakly."""
    if if_none_match is None:
        return False
    listed = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in ("*", etag) for tag in listed)
