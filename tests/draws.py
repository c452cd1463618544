"""What conditions ask and what visitors have, drawn so that they meet.

`OPERANDS` draws what an operator is asked with, `NEAR` a value at or beside the edge of such a question, in the many
ways in which it can be written, `stray` any value at all.
"""

import json
import math
import re
from unicodedata import normalize

from tests import draws_when, draws_where, readings

WORDS = (
    "pro",
    "Pro",
    "team",
    "caf\u00e9",
    "cafe\u0301s",
    "Stra\u00dfe",
    "STRASSE",
    "\u03a3\u03af\u03c2",
    "\u0130st",
    "\ufb01",
    "/shop/1",
)
LOOKALIKES = ("1", "0", "42", "4.5", "-7", "true", "false", "2026-03-01", "1.2.3", "\U0001f600", "x" * 300)
TEXTS = (*WORDS, *LOOKALIKES)
NUMBERS = (0, 1, -1, 2, 7, -7, 42, 42.0, 4.5, 0.1, 0.30000000000000004, -0.0, 1e300, 5e-324, 2**53 - 1, 1 - 2**53)
EPOCHS = (0, 1772323200, 1772323200000, 1772323199.999, 99999999999, 100000000000, -1.5, 1e300)
VERSIONS = (
    "1",
    "1.2",
    "1.2.3",
    "v2.0.0",
    "1.2.3-rc.1",
    "1.2.3-rc.11",
    "1.2.3-a",
    "0.2.3",
    "0.0.3",
    "2.0.0-0",
    "3.1.4+b",
)
RANGES = ("^1.2", "~1.2.3", "^0.2.3", "1.x", ">=1.2.3 <2", "1.2.3 - 2.0", "<1.2.3 || >=3", "*", ">1", "<=1.2", "=1.2.3")
PATTERNS = {
    "^pro$": "pro",
    "caf.": "caf\u00e9s",
    "[0-9]+": "a42",
    "o|S": "Stra\u00dfe",
    "^/shop/\\d$": "/shop/1",
    "": "x",
    "x{3,}": "x" * 300,
}


def _some(rng, pool):
    return rng.sample(pool, rng.randint(1, 4))


def _scalar(rng):
    return rng.choice(rng.choice((TEXTS, TEXTS, NUMBERS, (True, False), ("",))))


def _scalars(rng):
    return _some(rng, TEXTS) if rng.random() < 0.5 else _some(rng, (*TEXTS, *NUMBERS, True, False))


def _parts(rng):
    return rng.choice(TEXTS) if rng.random() < 0.6 else _some(rng, TEXTS)


def _remainder(rng):
    divisor = rng.choice((1, 2, 3, 7, -3, -7))
    return [divisor, rng.randrange(abs(divisor)) * (1 if divisor > 0 else -1)]


def _sizes(rng):
    low = rng.randrange(4)
    return rng.choice(
        ({"gte": low}, {"gt": low}, {"lte": low}, {"lt": low + 1}, {"eq": low}, {"gte": low, "lte": low + 1})
    )


def _valued(draw):
    return lambda rng: {"value": draw(rng)}


def _one(pool):
    return lambda rng: {"value": rng.choice(tuple(pool))}


def _zoned(pool):
    return lambda rng: draws_when.zoned(rng, {"value": rng.choice(pool)})


OPERANDS = {
    "exists": lambda _: {},
    **dict.fromkeys(("eq",), _valued(_scalar)),
    "in": _valued(_scalars),
    **dict.fromkeys(("contains", "starts_with", "ends_with"), _valued(_parts)),
    "matches": _one(PATTERNS),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), _one(NUMBERS)),
    "between": _valued(lambda rng: sorted((rng.choice(NUMBERS), rng.choice(NUMBERS)))),
    "mod": _valued(_remainder),
    **dict.fromkeys(("before", "after"), _one(draws_when.MOMENTS)),
    "during": _valued(draws_when.ordered),
    "on": _zoned(draws_when.DAYS),
    **dict.fromkeys(("within_last", "older_than", "within_next", "further_than"), _one(draws_when.DURATIONS)),
    "anniversary_within": _zoned(draws_when.WHOLE_DAYS),
    **dict.fromkeys(("version_eq", "version_gt", "version_gte", "version_lt", "version_lte"), _one(VERSIONS)),
    "version_satisfies": _one(RANGES),
    **dict.fromkeys(("has_any", "has_all"), _valued(_scalars)),
    "size": _valued(_sizes),
    "under": _valued(draws_where.names),
    "in_cidr": _valued(draws_where.networks),
    "within_km": _valued(draws_where.circle),
    "within_box": _valued(draws_where.box),
}
"""What a positive operator is asked with: from a random source to the condition's further fields."""

FOLDED = {"eq", "in", "contains", "starts_with", "ends_with", "matches", "under"}
COMPARED = {
    "eq",
    "contains",
    "starts_with",
    "ends_with",
    "gt",
    "gte",
    "lt",
    "lte",
    "before",
    "after",
    "has_any",
    "has_all",
}
COMPARED |= {name for name in OPERANDS if name.startswith("version_")} - {"version_satisfies"}


def stray(rng):
    """Any value, whatever is asked."""
    return rng.choice(
        (
            rng.choice(TEXTS),
            rng.choice(("", "v2.0.0", "2026-03-15T12:00:00Z", "abc", "10.0.0.1", "/eng/platform")),
            rng.choice(NUMBERS),
            rng.choice(EPOCHS),
            rng.random() < 0.5,
            [_scalar(rng) for _ in range(rng.randrange(4))],
            rng.choice(([], [None], [[]], {}, {"city": "Bern"}, {"city": {"name": 1}})),
        )
    )


def twin(rng, value):
    """A value that is easily taken for another: its text, its number, its other case or normal form."""
    if isinstance(value, list | dict | None):
        return value
    if isinstance(value, bool):
        return rng.choice((value, not value, int(value), json.dumps(value)))
    if isinstance(value, str):
        return rng.choice(
            (value, value, value.swapcase(), value.casefold(), normalize("NFD", value), [value], _loaded(value))
        )
    turned = rng.choice((value, value, float(value), json.dumps(value), _next(value, 1), bool(value), [value]))
    return int(turned) if isinstance(turned, float) and turned == int(turned) and rng.random() < 0.3 else turned


def _loaded(text):
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, int) and abs(value) > readings.LARGEST else value


def _next(number, direction):
    return math.nextafter(number, math.copysign(math.inf, direction))


def _near_scalar(rng, condition, _):
    value = condition["value"]
    return twin(rng, rng.choice(value) if isinstance(value, list) else value)


def _near_text(rng, condition, _):
    value = condition["value"]
    part = rng.choice(value) if isinstance(value, list) else value
    part = PATTERNS[part] if condition["op"].endswith("matches") else part
    part = rng.choice((part, part, part.swapcase(), normalize("NFD", part), part[1:]))
    return rng.choice((part, f"x{part}", f"{part}x", f"/{part}/", part * 2, [part]))


def _near_number(rng, condition, _):
    value = condition["value"]
    edge = rng.choice(value) if isinstance(value, list) else value
    if abs(edge) >= readings.LARGEST:
        return edge
    return rng.choice(
        (edge, float(edge), _next(edge, 1), _next(edge, -1), edge + 1, edge - 1, json.dumps(edge), edge > 0)
    )


def _near_remainder(rng, condition, _):
    divisor, remainder = condition["value"]
    number = divisor * rng.randrange(-3, 4) + rng.choice((remainder, remainder, -remainder, remainder + 1))
    return rng.choice((number, number, float(number), number + 0.5, str(number), bool(number)))


def _near_version(rng, condition, _):
    numbers = [int(part) for part in re.findall(r"\d+", condition["value"])][:3] or [0]
    place = rng.randrange(len(numbers))
    if rng.random() < 0.4:  # where a range ends: the first of the next major, minor or patch
        numbers = [*numbers[:place], numbers[place] + 1, 0, 0][:3]
    text = ".".join(map(str, numbers))
    tail = rng.choice(("", "", "", "-0", "-rc.1", "-rc.2", "+b")) if len(numbers) == 3 else ""
    return rng.choice((text + tail, f"v{text}{tail}", condition["value"], [text]))


def _near_elements(rng, condition, _):
    elements = [element if rng.random() < 0.7 else twin(rng, element) for element in condition["value"]]
    elements += [_scalar(rng) for _ in range(rng.randrange(3))]
    rng.shuffle(elements)
    return elements[rng.randrange(2) :] if rng.random() < 0.9 else elements[0]


def _near_size(rng, condition, _):
    count = max(0, rng.choice(tuple(condition["value"].values())) + rng.randrange(-1, 2))
    return rng.choice(
        ([_scalar(rng) for _ in range(count)], [_scalar(rng) for _ in range(count)], [None] * count, "x" * count)
    )


NEAR = {
    **dict.fromkeys(("eq", "in"), _near_scalar),
    **dict.fromkeys(("contains", "starts_with", "ends_with", "matches"), _near_text),
    **dict.fromkeys(("gt", "gte", "lt", "lte", "between"), _near_number),
    "mod": _near_remainder,
    **dict.fromkeys(("before", "after", "during"), draws_when.near_moment),
    "on": draws_when.near_day,
    **dict.fromkeys(("within_last", "older_than", "within_next", "further_than"), draws_when.near_duration),
    "anniversary_within": draws_when.near_anniversary,
    **dict.fromkeys((name for name in OPERANDS if name.startswith("version_")), _near_version),
    **dict.fromkeys(("has_any", "has_all"), _near_elements),
    "size": _near_size,
    "under": draws_where.near_names,
    "in_cidr": draws_where.near_network,
    "within_km": draws_where.near_circle,
    "within_box": draws_where.near_box,
}
"""A value at or beside the edge of what a condition asks."""
