"""The smallest case that still shows a difference, of one that was found by chance."""

from dataclasses import replace


def smallest(case):
    """`case` without whatever can go while the answers still differ; as it is where it does not differ alone."""
    audience = case.rules[case.key]
    inlined = _inlined(audience.get("rule", audience), case.rules)
    alone = replace(case, rules={case.key: {**audience, "rule": inlined} if "rule" in audience else inlined})
    if not alone.differs():
        return case
    found = alone
    while found is not None:
        alone = found
        found = next((smaller for smaller in _smaller(alone) if smaller.differs()), None)
    return alone


def _inlined(node, rules):
    """A rule with the rules that it refers to in place of their names; the ids that override those are lost."""
    if "audience" in node:
        referred = rules[node["audience"]]
        return _inlined(referred.get("rule", referred), rules)
    if "not" in node:
        return {"not": _inlined(node["not"], rules)}
    return {
        name: [_inlined(child, rules) for child in part] if name in ("all", "any") else part
        for name, part in node.items()
    }


def _smaller(case):
    audience = case.rules[case.key]
    if "rule" in audience:
        shorter = [{**audience, "rule": rule} for rule in _smaller_rules(audience["rule"])]
        shorter += [ids for ids in _without_one(audience) if "rule" in ids]
        shorter += [audience["rule"]]
    else:
        shorter = _smaller_rules(audience)
    yield from (replace(case, rules={case.key: rule}) for rule in shorter)
    yield from (replace(case, visitor=visitor) for visitor in _without_one(case.visitor))
    yield from (replace(case, types=types) for types in _without_one(case.types))
    yield from (replace(case, unread=case.unread - {path}) for path in case.unread)


def _smaller_rules(node):
    for name in ("all", "any"):
        children = node.get(name, ())
        yield from children
        for at, child in enumerate(children):
            if len(children) > 1:
                yield {name: [*children[:at], *children[at + 1 :]]}
            yield from ({name: [*children[:at], smaller, *children[at + 1 :]]} for smaller in _smaller_rules(child))
    if "not" in node:
        yield node["not"]
        yield from ({"not": smaller} for smaller in _smaller_rules(node["not"]))
    yield from ({n: v for n, v in node.items() if n != name} for name in ("missing", "ignore_case") if name in node)
    yield from _smaller_values(node)


def _smaller_values(leaf):
    """A leaf that asks less: of fewer values, of a simpler element, at fewer times."""
    values = leaf.get("value")
    if leaf.get("op") == "element":
        yield from ({**leaf, "value": rule} for rule in _smaller_rules(values))
    elif leaf.get("op") not in ("between", "mod", "during") and isinstance(values, list) and len(values) > 1:
        yield from ({**leaf, "value": values[:at] + values[at + 1 :]} for at in range(len(values)))
    if "schedule" in leaf:
        fewer = [parts for parts in _without_one(leaf["schedule"]) if set(parts) - {"timezone"}]
        yield from ({"schedule": parts} for parts in fewer if "from" in parts or parts.get("to") != "00:00")


def _without_one(names):
    for name, value in names.items():
        yield {other: kept for other, kept in names.items() if other != name}
        if isinstance(value, dict):
            yield from ({**names, name: smaller} for smaller in _without_one(value))
