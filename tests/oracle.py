"""The whole meaning of the rule language, once more, to be read.

Written from the language page and not from the code: nothing under `shared` is imported here. The machine and explain
are compared with this page on random rules and visitors; where they differ, the language page says who is wrong.
What a value is stands in `readings`; here is what a rule makes of it.

Rules and visitors are plain JSON, `now_ms` is in milliseconds since 1970, `types` gives a declared type by attribute
path, `audiences` an audience by key: its rule, or `{"rule", "include", "exclude"}` where ids override it. A truth is
True, False or None, the last where an unread attribute would decide it.
"""

import operator
import re
from functools import cache

import re2

from tests.clocks import comes_round, local_day, scheduled, zone_names
from tests.globe import within_box, within_km
from tests.readings import (
    DAY,
    composed,
    declare,
    duration,
    host,
    in_range,
    is_integer,
    is_number,
    moment,
    network,
    release,
    scalar,
    shifted,
)
from tests.splits import HASHES

NOTHING = {}


def holds(rule, visitor, now_ms, types=NOTHING, audiences=NOTHING):
    return kleene(rule, visitor, now_ms, types, audiences)


def kleene(rule, visitor, now_ms, types=NOTHING, audiences=NOTHING, unread=frozenset()):
    visitor = composed(visitor)

    def truth(node):
        if "all" in node:
            truths = [truth(child) for child in node["all"]]
            return False if False in truths else None if None in truths else True
        if "any" in node:
            truths = [truth(child) for child in node["any"]]
            return True if True in truths else None if None in truths else False
        if "not" in node:
            inner = truth(node["not"])
            return None if inner is None else not inner
        if "audience" in node:
            return truth(audiences[node["audience"]])
        if "rule" in node:
            return overridden(node)
        return leaf(composed(node))

    def overridden(audience):
        found = read(visitor, "visitor.id", types)
        who = read(visitor, "visitor.anonymous_id", types) if found is None else found
        if who in composed(audience.get("exclude", [])):
            return False
        return who in composed(audience.get("include", [])) or truth(audience["rule"])

    def leaf(node):
        if "list" in node:
            return membership(node["list"])
        if "rollout" in node:
            return rollout(node["rollout"])
        return schedule(node["schedule"]) if "schedule" in node else condition(node)

    def membership(key):
        lists = visitor.get("lists")
        return None if "lists" in unread else isinstance(lists, list) and key in lists

    def rollout(split):
        if split["by"] in unread:
            return None
        text = written(read(visitor, split["by"], types))
        return text is not None and HASHES[split.get("hash", "murmur3")](split["salt"], text, split["percent"])

    def schedule(when):
        zone = when.get("timezone", "UTC")
        if zone == "visitor":
            if "geo.timezone" in unread:
                return None
            zone = read(visitor, "geo.timezone", types)
        return isinstance(zone, str) and zone in zone_names() and scheduled(when, now_ms, zone)

    def condition(node):
        name = node["op"]
        positive = POSITIVE.get(name, name)
        looked_at = places(node["attribute"]) if positive in PLACES else [node["attribute"]]
        looked_at += [node["other"]] if "other" in node else []
        if unread.intersection(looked_at):
            return None
        values = [read(visitor, path, types) for path in looked_at]
        missing = None in values
        if missing and node.get("missing") == "match":
            return True
        asked = values[1] if "other" in node else node.get("value")
        seen = values if positive in PLACES else values[0]
        truth = not missing and OPERATORS[positive](seen, asked, node, now_ms)
        return not truth if name in POSITIVE else truth

    return truth(rule)


def read(visitor, path, types):
    """What the visitor has at `path`, in its declared type where it converts; None where it is missing."""
    value = visitor
    for step in steps(path):
        value = value.get(step) if isinstance(value, dict) else None
    return declare(value, types.get(path))


def places(path):
    """The attributes in which a place stands."""
    return [f"{path}.lat", f"{path}.lon"]


def written(value):
    """The text of what a rollout splits by; only strings and integers have one."""
    if isinstance(value, str):
        return value
    return str(int(value)) if is_integer(value) else None


@cache
def steps(path):
    names = re.findall(r"(?:[^.\\]|\\.)+", path)
    return [composed(re.sub(r"\\(.)", r"\1", name)) for name in names]


# Operators: (what is seen, what is asked, the condition, now) -> truth. Both sides are present.


def folded(value, node):
    return value.casefold() if node.get("ignore_case") and isinstance(value, str) else value


def equal(seen, asked, node, _):
    left, right = scalar(folded(seen, node)), scalar(folded(asked, node))
    return left is not None and left == right


def one_of(seen, asked, node, now_ms):
    return any(equal(seen, element, node, now_ms) for element in asked)


def text_test(test):
    def truth(seen, asked, node, _):
        wanted = asked if isinstance(asked, list) else [asked]
        texts = [folded(text, node) for text in wanted if isinstance(text, str)]
        return isinstance(seen, str) and any(test(folded(seen, node), text) for text in texts)

    return truth


@cache
def pattern(text, ignore_case):
    return re2.compile(("(?i)" if ignore_case else "") + text)


def under(seen, path):
    names = path.rstrip("/")
    return (seen == names and names != "") or seen.startswith(names + "/")


def matches(seen, asked, node, _):
    return isinstance(seen, str) and pattern(asked, node.get("ignore_case", False)).search(seen) is not None


def compared(reading, test):
    """Both sides in one reading (as numbers, instants or versions), then the test; a side without one is false."""

    def truth(seen, asked, _node, _now_ms):
        left, right = reading(seen), reading(asked)
        return left is not None and right is not None and test(left, right)

    return truth


def number(value):
    return value if is_number(value) else None


def mod(seen, asked, _node, _now_ms):
    return is_integer(seen) and int(seen) % int(asked[0]) == asked[1]


def between(seen, asked, _node, _now_ms):
    return is_number(seen) and asked[0] <= seen <= asked[1]


def during(seen, asked, _node, _now_ms):
    return moment(seen) is not None and moment(asked[0]) <= moment(seen) < moment(asked[1])


def on(seen, asked, node, _):
    start, end = local_day(asked, node.get("timezone", "UTC"))
    return moment(seen) is not None and start <= moment(seen) < end


def relative(test):
    def truth(seen, asked, _node, now_ms):
        return moment(seen) is not None and test(moment(seen), now_ms, asked)

    return truth


def satisfies(seen, asked, _node, _now_ms):
    return release(seen) is not None and in_range(release(seen), asked)


def has(quantifier):
    def truth(seen, asked, _node, _now_ms):
        if not isinstance(seen, list) or not isinstance(asked, list):
            return False
        elements = [scalar(element) for element in seen]
        return quantifier(scalar(element) is not None and scalar(element) in elements for element in asked)

    return truth


SIZES = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le, "eq": operator.eq}


def size(seen, asked, _node, _now_ms):
    return isinstance(seen, list) and all(SIZES[name](len(seen), bound) for name, bound in asked.items())


def some_element(seen, asked, _node, now_ms):
    """Some object of a list satisfies the rule, which sees nothing else: no roots, nothing declared."""
    return isinstance(seen, list) and any(holds(asked, one, now_ms) for one in seen if isinstance(one, dict))


def in_cidr(seen, asked, _node, _now_ms):
    networks = map(network, asked if isinstance(asked, list) else [asked])
    return host(seen) is not None and any(host(seen) in each for each in networks)  # families are apart


def anniversary_within(seen, asked, node, now_ms):
    days = duration(asked)[1] // DAY
    return moment(seen) is not None and comes_round(moment(seen), now_ms, days, node.get("timezone", "UTC"))


def on_earth(test):
    def truth(seen, asked, _node, _now_ms):
        is_place = all(map(is_number, seen)) and abs(seen[0]) <= 90 and abs(seen[1]) <= 180
        return is_place and test(*seen, asked)

    return truth


OPERATORS = {
    "exists": lambda *_: True,
    "eq": equal,
    "in": one_of,
    "contains": text_test(lambda seen, part: part in seen),
    "starts_with": text_test(str.startswith),
    "ends_with": text_test(str.endswith),
    "matches": matches,
    "under": text_test(under),
    "gt": compared(number, operator.gt),
    "gte": compared(number, operator.ge),
    "lt": compared(number, operator.lt),
    "lte": compared(number, operator.le),
    "between": between,
    "mod": mod,
    "before": compared(moment, operator.lt),
    "after": compared(moment, operator.gt),
    "during": during,
    "on": on,
    "within_last": relative(lambda v, now, d: shifted(now, d, -1) < v <= now),
    "older_than": relative(lambda v, now, d: v <= shifted(now, d, -1)),
    "within_next": relative(lambda v, now, d: now < v <= shifted(now, d, 1)),
    "further_than": relative(lambda v, now, d: v > shifted(now, d, 1)),
    "version_eq": compared(release, operator.eq),
    "version_gt": compared(release, operator.gt),
    "version_gte": compared(release, operator.ge),
    "version_lt": compared(release, operator.lt),
    "version_lte": compared(release, operator.le),
    "version_satisfies": satisfies,
    "has_any": has(any),
    "has_all": has(all),
    "size": size,
    "element": some_element,
    "in_cidr": in_cidr,
    "within_km": on_earth(within_km),
    "within_box": on_earth(within_box),
    "anniversary_within": anniversary_within,
}

PLACES = ("within_km", "within_box")

# Each of these is defined as `not` of its positive form.
POSITIVE = {
    "neq": "eq",
    "not_in": "in",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "not_under": "under",
    "version_neq": "version_eq",
    "has_none": "has_any",
}
