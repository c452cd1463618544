"""Where a request carries its API key."""

import base64
import binascii
from collections.abc import Mapping


def api_key(headers: Mapping[str, str]) -> str | None:
    """The key of `Authorization: Bearer KEY`, of Basic with the key as user name, or of `X-API-Key: KEY`; else None.

    Header names are in lower case, as payload 2.0 events have them.
    """
    authorization = headers.get("authorization")
    key = headers.get("x-api-key") if authorization is None else _authorized(authorization)
    return key if key and key.isascii() else None  # no key is anything but ASCII


def _authorized(authorization: str) -> str | None:
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    return _user_name(rest.strip()) if scheme.lower() == "basic" else None


def _user_name(encoded: str) -> str | None:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text.partition(":")[0]
