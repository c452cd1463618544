"""Questions about addresses, places and paths of names, and values at or beside the edge of what they ask."""

from ipaddress import IPv6Address, ip_address

from tests import readings

NETWORKS = (
    "10.0.0.0/8",
    "10.128.0.0/9",
    "192.0.2.0/24",
    "192.0.2.7",
    "0.0.0.0/0",
    "2001:db8::/32",
    "2001:db8::1",
    "::ffff:192.0.2.0/120",
    "::/0",
    "fe80::/10",
)
ADDRESSES = ("10.0.0.1", "192.0.2.7", "::ffff:10.1.2.3", "2001:db8::1", "fe80::1%eth0", "10.0.0.01", "1.2.3")
LATITUDES = (0, 47.3769, -17.5, 89.9, 90, -90)
LONGITUDES = (0, 8.5417, 179.9, -179.9, 180, -180)
DISTANCES = (0.001, 1, 95, 500, 10_000, 20_015.1, 20_100)
NAMES = ("/", "/eng", "/eng/", "/eng/platform", "eng", "/Stra\u00dfe", "/caf\u00e9/x", "//")


def networks(rng):
    return rng.choice(NETWORKS) if rng.random() < 0.6 else rng.sample(NETWORKS, rng.randint(1, 4))


def circle(rng):
    return {"lat": rng.choice(LATITUDES), "lon": rng.choice(LONGITUDES), "km": rng.choice(DISTANCES)}


def box(rng):
    south, north = sorted((rng.choice(LATITUDES), rng.choice(LATITUDES)))
    return {"north": north, "east": rng.choice(LONGITUDES), "south": south, "west": rng.choice(LONGITUDES)}


def names(rng):
    return rng.choice(NAMES) if rng.random() < 0.6 else rng.sample(NAMES, rng.randint(1, 4))


def near_network(rng, condition, _):
    """The first and last address of a network and their neighbours, in the many ways in which they are written."""
    value = condition["value"]
    network = readings.network(rng.choice(value) if isinstance(value, list) else value)
    edge = rng.choice((network.network_address, network.broadcast_address))
    number = int(edge) + rng.choice((-1, 0, 0, 0, 1))
    if not 0 <= number < 2**edge.max_prefixlen:
        return str(edge)
    found = type(edge)(number)
    if edge.version == 4:
        mapped = IPv6Address(f"::ffff:{found}")
        return rng.choice((str(found), str(found), f"::ffff:{found}", str(mapped), mapped.exploded, f"{found}:80"))
    return rng.choice((str(found), found.exploded, str(found).upper(), f"[{found}]", f"{found}%1", number))


def near_circle(rng, condition, _):
    """A latitude or a longitude, as `part` says: that of the centre, or so far off as the distance is long."""
    centre, degrees = condition["value"][condition["part"]], condition["value"]["km"] / 111.195
    return _degrees(rng, rng.choice((centre, centre, centre + degrees, centre - degrees, -centre)), condition["part"])


def near_box(rng, condition, _):
    edges = ("north", "south") if condition["part"] == "lat" else ("east", "west")
    return _degrees(rng, condition["value"][rng.choice(edges)], condition["part"])


def _degrees(rng, edge, part):
    bound = 90 if part == "lat" else 180
    turned = (edge + bound) % (2 * bound) - bound if part == "lon" and abs(edge) > bound else edge
    return rng.choice(
        (turned, turned, turned, turned + 0.01, turned - 0.01, float(turned), str(turned), bound, bound + 1)
    )


def near_names(rng, condition, _):
    value = condition["value"]
    path = rng.choice(value) if isinstance(value, list) else value
    path = rng.choice((path, path, path.rstrip("/"), path.swapcase()))
    return rng.choice((path, f"{path}/x", f"{path}x", f"{path}/", path[:-1], path[1:], f"x{path}", [path]))


def address(rng):
    """An address in one of its forms, or what looks like one."""
    return rng.choice((*ADDRESSES, str(ip_address(rng.getrandbits(32))), str(ip_address(rng.getrandbits(128)))))
