"""Random questions about attributes: the leaves of rules, of a visitor or of an element of a list."""

from dataclasses import dataclass

from tests import draws_when, oracle
from tests.draws import COMPARED, FOLDED, NUMBERS, OPERANDS, TEXTS

OPEN = (
    "traits.plan",
    "traits.ltv",
    "traits.at",
    "traits.tags",
    "traits.version",
    "traits.ip",
    "traits.orders",
    "traits.address",
    "traits.address.city",
    "traits.address.zip\\.code",
    "traits.home.lat",
    "traits.home.lon",
    "traits.caf\u00e9",
    "groups.account.seats",
    "groups.account.since",
    "page.query.ref",
    "request.cookies.v",
    "request.headers.x-app",
)
CLOSED = {
    "visitor.id": "string",
    "visitor.anonymous_id": "string",
    "request.ip": "ip",
    "request.time": "datetime",
    "geo.lat": "number",
    "geo.lon": "number",
    "geo.timezone": "string",
}
LISTS = ("beta", "caf\u00e9", "Beta")
EQUALITY = ("eq", "neq", "in", "not_in")
FITTING = {
    "string": (*EQUALITY, "contains", "not_contains", "starts_with", "ends_with", "matches", "under", "not_under"),
    "boolean": EQUALITY,
    "number": (*EQUALITY, "gt", "gte", "lt", "lte", "between", "mod"),
    "datetime": (
        "before",
        "after",
        "during",
        "on",
        "within_last",
        "older_than",
        "within_next",
        "further_than",
        "anniversary_within",
    ),
    "version": tuple(name for name in oracle.OPERATORS if name.startswith("version_")),
    "list": ("has_any", "has_all", "has_none", "size", "element"),
    "ip": ("in_cidr", "exists"),
}
NAMES = (*oracle.OPERATORS, *oracle.POSITIVE)
NODES = ("list", "rollout", "schedule")


@dataclass(frozen=True)
class Scope:
    """What can be asked about: attributes, objects that may be places, and lists that may hold objects.

    Those of the attributes that are `closed` have the type that the language gives them, and are asked nothing else.
    """

    paths: tuple
    places: tuple
    lists: tuple
    closed: dict


VISITOR = Scope((*OPEN, *CLOSED), ("geo", "traits.home"), ("traits.orders",), CLOSED)
ELEMENT = Scope(("sku", "price", "at", "at.lat", "at.lon", "items", "request.time"), ("at",), ("items",), {})


class Questions:
    """Draws leaves about the attributes of a scope, some of them declared.

    Some ask little of few attributes, others everything of all: what an attribute is not asked matters too.
    """

    def __init__(self, rng, types, scope):
        self.rng = rng
        self.types = types
        self.scope = scope
        names = (*NAMES, *NODES) if scope is VISITOR else NAMES
        self.paths = rng.sample(scope.paths, rng.choice((1, 4, len(scope.paths), len(scope.paths))))
        self.names = rng.sample(names, rng.choice((2, 8, len(names), len(names))))

    def leaf(self):
        name = self.rng.choice(self.names)
        if name == "list":
            return {"list": self.rng.choice(LISTS)}
        if name == "schedule":
            return draws_when.schedule(self.rng)
        if name == "rollout":
            return {"rollout": self.rollout()}
        condition = self.condition(name)
        return {**condition, "missing": "match"} if self.rng.random() < 0.1 else condition

    def rollout(self):
        rng = self.rng
        percent = rng.choice((0, 12.5, 50, 50, 100, round(rng.uniform(0, 100), 3)))
        by = rng.choice((*OPEN, "visitor.id", "visitor.anonymous_id", "geo.timezone"))
        named = {"hash": rng.choice(("murmur3", "launchdarkly", "flagsmith"))} if rng.random() < 0.7 else {}
        return {"percent": percent, "by": by, "salt": rng.choice(TEXTS[:8]), **named}

    def condition(self, name):
        rng = self.rng
        path = rng.choice(self.paths)
        declared = self.types.get(path)
        fitting = [each for each in self.names if each in FITTING.get(declared, ())]
        if path in self.scope.closed:
            name = rng.choice(FITTING[declared])
        elif fitting and rng.random() < 0.3:
            name = rng.choice(fitting)
        positive = oracle.POSITIVE.get(name, name)
        if positive in oracle.PLACES:
            path = rng.choice(self.scope.places)
        elif positive == "element":
            path = rng.choice((path, *self.scope.lists, *self.scope.lists))
        return {"attribute": path, "op": name, **self.asked(path, positive)}

    def asked(self, path, positive):
        """What stands beside the attribute and the operator."""
        rng, declared = self.rng, self.types.get(path)
        if positive == "element":
            return {"value": self.about_an_element()}
        if positive in COMPARED and rng.random() < 0.4:
            asked = {"other": rng.choice([each for each in self.scope.paths if each not in self.scope.closed])}
        elif positive in EQUALITY and (path in self.scope.closed or declared == "boolean"):
            asked = {"value": _of_type(rng, declared, positive)}
        else:
            asked = OPERANDS[positive](rng)
        values = asked.get("value", "")
        words = isinstance(values, str) or (isinstance(values, list) and all(isinstance(v, str) for v in values))
        return {**asked, "ignore_case": True} if positive in FOLDED and words and rng.random() < 0.3 else asked

    def about_an_element(self):
        """A rule of one to three conditions, in which elements of elements are rare."""
        rng, questions = self.rng, Questions(self.rng, {}, ELEMENT)
        if self.scope is ELEMENT and "element" in questions.names:
            questions.names = ["eq", *questions.names]
            questions.names.remove("element")
        leaves = [questions.leaf() for _ in range(rng.choice((1, 1, 2, 3)))]
        leaves = [{"not": leaf} if rng.random() < 0.2 else leaf for leaf in leaves]
        return leaves[0] if len(leaves) == 1 else {rng.choice(("all", "any")): leaves}


def _of_type(rng, declared, positive):
    """Values of an attribute's own kind: others are refused where the language declares it."""
    pool = {"string": TEXTS, "number": NUMBERS, "boolean": (True, False)}[declared]
    return rng.choice(pool) if positive == "eq" else rng.sample(pool, 2)


def leaves(node):
    """Every leaf of a rule, references and elements' own rules left out."""
    if "all" in node or "any" in node:
        return [leaf for child in node.get("all") or node["any"] for leaf in leaves(child)]
    if "not" in node:
        return leaves(node["not"])
    return [] if "audience" in node else [node]


def looked_at(leaf):
    """The paths that a leaf looks at."""
    if "list" in leaf:
        return ["lists"]
    if "rollout" in leaf:
        return [leaf["rollout"]["by"]]
    if "schedule" in leaf:
        return ["geo.timezone"] if leaf["schedule"].get("timezone") == "visitor" else []
    if leaf["op"] in oracle.PLACES:
        return oracle.places(leaf["attribute"])
    return [leaf["attribute"], *([leaf["other"]] if "other" in leaf else [])]
