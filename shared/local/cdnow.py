"""The sample project's people: CDNOW's customers as visitors, with traits derived from their orders."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parents[2] / "samples" / "cdnow"
ORDERS = FOLDER / "CDNOW_sample.txt"


class Order(msgspec.Struct, frozen=True):
    """One order: `day` as `1997-01-31`, value in cents."""

    customer: str
    day: str
    cds: int
    cents: int


def read_orders(file: Path = ORDERS) -> Iterator[Order]:
    """The orders of the file, in its order. Lines end in CR LF, values have two decimals."""
    for line in file.read_text(encoding="ascii").splitlines():
        customer, _, date, cds, value = line.split()
        dollars, cents = value.split(".")
        yield Order(customer, f"{date[:4]}-{date[4:6]}-{date[6:]}", int(cds), int(dollars) * 100 + int(cents))


def visitors() -> dict[str, dict[str, object]]:
    """The traits of every customer, by the id in the full data set."""
    orders = defaultdict(list)
    for order in read_orders():
        orders[order.customer].append(order)
    return {customer: _traits(own) for customer, own in orders.items()}


def _traits(orders: list[Order]) -> dict[str, object]:
    days = sorted(order.day for order in orders)
    cents = sum(order.cents for order in orders)
    return {
        "first_order_at": days[0],
        "last_order_at": days[-1],
        "orders": len(orders),
        "cds": sum(order.cds for order in orders),
        "spend": cents / 100,
        "average_order": (2 * cents + len(orders)) // (2 * len(orders)) / 100,  # rounded half up, in whole cents
        "largest_order": max(order.cents for order in orders) / 100,
        "order_months": sorted({day[:7] for day in days}),
    }
