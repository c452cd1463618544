"""Internet addresses and networks as keys that compare: intervals of keys are networks.

A key is a family byte, then the address, most significant byte first. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2)
is its IPv4 address, so that it does not matter how a proxy writes it.
"""

import re
from functools import lru_cache

_V4, _V6 = b"\x04", b"\x06"
_NETWORK = re.compile(r"[0-9A-Fa-f:.]+(?:/(?:0|[1-9][0-9]{0,2}))?").fullmatch  # no masks, no zones
_LONGEST = 45  # characters of an IPv6 address with its last 32 bits in decimal


@lru_cache(4096)
def key(text: str) -> bytes | None:
    """The key of an IPv4 or IPv6 address; None for any other text, also with a zone, brackets or a port."""
    from ipaddress import IPv6Address, ip_address  # noqa: PLC0415  # only rules on addresses pay for its import

    if len(text) > _LONGEST or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return _V6 + address.packed
        address = address.ipv4_mapped
    return _V4 + address.packed


def network(text: str) -> tuple[bytes, bytes]:
    """The half-open interval of keys of a network `10.0.0.0/8`, or of one address.

    Raises ValueError, saying what is wrong; where only host bits are set, `HostBits` with the network that is meant.
    """
    from ipaddress import IPv4Network, IPv6Network, ip_network  # noqa: PLC0415  # as in `key`

    if len(text) > _LONGEST + 4 or not _NETWORK(text):
        raise ValueError("no network")
    found = ip_network(text, strict=False)
    start, size = found.network_address.packed, found.max_prefixlen - found.prefixlen
    family = _V4 if isinstance(found, IPv4Network) else _V6
    if isinstance(found, IPv6Network) and found.network_address.ipv4_mapped is not None and size <= 32:
        family, start = _V4, found.network_address.ipv4_mapped.packed
    if ip_network(text.partition("/")[0]).network_address != found.network_address:
        raise HostBits(str(found))
    return family + start, _after(family, start, size)


class HostBits(ValueError):
    """A network whose text has bits set beyond its prefix; the argument is the network that it lies in."""


def _after(family: bytes, start: bytes, size: int) -> bytes:
    """The first key beyond a network of 2^size addresses."""
    last = int.from_bytes(start, "big") + (1 << size)
    if last >> (8 * len(start)):
        return bytes([family[0] + 1])  # above every key of the family
    return family + last.to_bytes(len(start), "big")
