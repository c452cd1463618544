"""The whole meaning of the rule language, once more, to be read.

Written from the language page and not from the code: nothing under `shared` is imported here. The machine and explain
are compared with this page on random rules and visitors; where they differ, the language page says who is wrong.
What a value is stands in `readings`; here is what a rule makes of it.

Rules and visitors are plain JSON, `now_ms` is in milliseconds since 1970, `types` gives a declared type by attribute
path, `audiences` a rule by key. A truth is True, False or None, the last where an unread attribute would decide it.
"""

import operator
import re
from functools import cache

import re2

from tests.readings import (
    composed,
    declare,
    in_range,
    is_integer,
    is_number,
    local_day,
    moment,
    release,
    scalar,
    shifted,
)

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
        return condition(node)

    def condition(node):
        if node["attribute"] in unread or node.get("other") in unread:
            return None
        seen = read(visitor, node["attribute"], types)
        asked = read(visitor, node["other"], types) if "other" in node else composed(node.get("value"))
        missing = seen is None or ("other" in node and asked is None)
        if missing and node.get("missing") == "match":
            return True
        name = node["op"]
        positive = not missing and OPERATORS[POSITIVE.get(name, name)](seen, asked, node, now_ms)
        return not positive if name in POSITIVE else positive

    return truth(rule)


def read(visitor, path, types):
    """What the visitor has at `path`, in its declared type where it converts; None where it is missing."""
    value = visitor
    for step in steps(path):
        value = value.get(step) if isinstance(value, dict) else None
    return declare(value, types.get(path))


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


OPERATORS = {
    "exists": lambda *_: True,
    "eq": equal,
    "in": one_of,
    "contains": text_test(lambda seen, part: part in seen),
    "starts_with": text_test(str.startswith),
    "ends_with": text_test(str.endswith),
    "matches": matches,
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
}

# Each of these is defined as `not` of its positive form.
POSITIVE = {
    "neq": "eq",
    "not_in": "in",
    "not_contains": "contains",
    "not_starts_with": "starts_with",
    "not_ends_with": "ends_with",
    "not_matches": "matches",
    "version_neq": "version_eq",
    "has_none": "has_any",
}
