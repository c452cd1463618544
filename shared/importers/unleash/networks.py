"""Unleash's `IN_CIDR`: networks of either family, to which an IPv4 address written as IPv6 is an IPv6 address.

Here it is its IPv4 address, so what is asked of a text asks for its colons, too.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_interface

from shared.importers.nodes import Node, all_of, any_of, condition, negation
from shared.importers.unleash.dialects import NotImportable, parts
from shared.rules import addresses
from shared.rules.catalogue import Path

Network = IPv4Network | IPv6Network

_MAPPED = IPv6Network("::ffff:0:0/96")


def network_of(value: str) -> Network | None:
    """The network of a constraint's value, host bits dropped; None for a text that both evaluators pass over.

    Raises `NotImportable` where they differ.
    """
    if any(letter not in "0123456789abcdefABCDEF.:/" for letter in value) and "%" not in value and "[" not in value:
        return None
    address, slash, prefix = value.partition("/")
    is_written_out = not slash or (prefix.isdecimal() and str(int(prefix)) == prefix)
    if addresses.key(address) is None or not is_written_out:
        raise NotImportable("values", f"`{value}` is read differently by the source's SDKs", "write it as `10.0.0.0/8`")
    try:
        return ip_interface(value).network
    except ValueError:  # the prefix is too long
        return None


def by_text(path: Path, networks: Sequence[Network]) -> Node:
    """Whether a text is an address in one of the networks."""
    colon = condition(path, "contains", ":")
    plain = [each for each in networks if not _is_mapped(each)]
    fours = [each for each in plain if isinstance(each, IPv4Network)]
    sixes = [each for each in plain if isinstance(each, IPv6Network)]
    mapped = [each for each in networks if _is_mapped(each)]
    if any(_MAPPED.subnet_of(each) for each in sixes):
        mapped.append(_MAPPED)
    return any_of(
        all_of(by_address(path, fours), negation(colon)),
        by_address(path, sixes),
        all_of(by_address(path, mapped), colon),
    )


def by_address(path: Path, networks: Sequence[Network]) -> Node:
    """Whether an address is in one of the networks, a mapped one as its IPv4 address."""
    return any_of(*(condition(path, "in_cidr", part) for part in parts([_written(each) for each in networks])))


def _is_mapped(network: Network) -> bool:
    return isinstance(network, IPv6Network) and network.subnet_of(_MAPPED)


def _written(network: Network) -> str:
    """A network as text, a mapped one as that of IPv4."""
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped and _is_mapped(network):
        return f"{network.network_address.ipv4_mapped}/{network.prefixlen - _MAPPED.prefixlen}"
    return str(network)
