"""The lines of the conformance corpus: generated rules and visitors with the oracle's answers.

`conformance/README.md` is their format. Every world of `generate` gives some: all of its audiences, and one rule for
each operator and node that they ask. A line's visitors are those of many that meet the rarest kinds of values, and of
which half are inside where there are so many. Equal seeds give equal lines, on every machine.
"""

import json
from collections import Counter
from random import Random

from tests import changes, draws_when, generate, oracle, readings
from tests.agreement import Subject, kind, rows
from tests.questions import leaves, looked_at

AUDIENCES, POOL, CASES = 50, 48, 8
UNREAD = 2
"""How many of a line's first and of its last cases say what is known where attributes could not be read."""
IDS = ("visitor.id", "visitor.anonymous_id")


def lines(seed):
    """The lines of one world, as objects."""
    world = generate.world(seed, AUDIENCES)
    rng = Random(f"corpus of {seed}")
    asked = [(f"{seed}-{key}", audience) for key, audience in world.audiences.items()]
    asked += [(f"{seed}-{name}", rule) for name, rule in _one_of_each(rng, world.leaves).items()]
    met = Counter()
    return [_line(rng, name, audience, world, met) for name, audience in asked]


def text(line):
    """A line as it stands in the file: ASCII, so that no tool changes the normal form of a string."""
    return json.dumps(line, separators=(",", ":")) + "\n"


def name_of(leaf):
    """The operator of a condition, else the node."""
    return leaf.get("op") or next(iter(leaf))


def leaves_of(line):
    """All that a line's rule asks, what it refers to included."""
    audiences = line.get("audiences", {})
    return [leaf for each in (line, *audiences.values()) for leaf in leaves(each.get("rule", each))]


def disagreements(line):
    """What the machine and explain answer otherwise: (place of the case, who, what it answered)."""
    key = "the line's own"
    subject = Subject({**line.get("audiences", {}), key: {"rule": line["rule"], **_ids(line)}}, line["types"])
    for place, case in enumerate(line["cases"]):
        document, now_ms = readings.composed(case["visitor"]), readings.instant(case["now"])
        expected = {"machine": case["holds"], "explain": case["holds"], "until": case["valid_until"]}
        turn = subject.turn(document, now_ms, [key])
        found = {
            "machine": key in subject.matches(document, now_ms),
            "explain": subject.explained(key, document, now_ms),
            "until": None if turn is None else draws_when.text(turn),
        }
        if "unread" in case:
            certain, possible = subject.bounds(document, now_ms, case["unread"]["attributes"])
            expected["known"] = case["unread"]["holds"]
            found["known"] = True if key in certain else None if key in possible else False
        yield from ((place, who, answer) for who, answer in found.items() if answer is not expected[who] != answer)


def _one_of_each(rng, asked):
    """A leaf for each operator and node that a world asks, by its name."""
    by_name = {}
    for leaf in asked:
        by_name.setdefault(name_of(leaf), []).append(leaf)
    return {name: rng.choice(found) for name, found in by_name.items()}


def _line(rng, name, audience, world, met):
    parts = audience if "rule" in audience else {"rule": audience}
    referred = _referred(parts["rule"], world.audiences)
    asked = [leaf for each in (parts, *referred.values()) for leaf in leaves(each.get("rule", each))]
    paths = sorted({path for leaf in asked for path in looked_at(leaf)})
    overrides = _overrides([audience, *referred.values()])
    kept = sorted({*paths, *IDS}) if overrides else paths
    types = {path: world.types[path] for path in kept if path in world.types}
    pool = generate.World(name, types, {}, asked, overrides).visitors(POOL)
    narrow = [(narrowed(visitor, [oracle.steps(path) for path in kept]), now_ms) for visitor, now_ms in pool]
    chosen = _chosen(narrow, audience, asked, types, referred, met)
    cases = [_case(audience, *each, types, referred) for each in chosen]
    for case in cases[:UNREAD] + cases[-UNREAD:]:
        unread = rng.sample(paths, min(rng.randint(1, 3), len(paths)))
        if unreadable := sorted(set(unread).intersection(generate.UNREADABLE)):
            case.update(unread=_unread(case, audience, unreadable, types, referred))
    line = {"id": name, **parts, **({"audiences": referred} if referred else {})}
    return {**line, "types": types, "cases": cases}


def _referred(node, audiences):
    """The audiences that a rule refers to, and those that they do, by key."""
    found = {}
    for child in node.get("all") or node.get("any") or [node[name] for name in ("not",) if name in node]:
        found |= _referred(child, audiences)
    if "audience" in node:
        audience = audiences[node["audience"]]
        found |= {node["audience"]: audience, **_referred(audience.get("rule", audience), audiences)}
    return found


def _overrides(audiences):
    """The ids that override each of these audiences, by its place."""
    return {place: ids for place, audience in enumerate(audiences) if (ids := _ids(audience))}


def _ids(audience):
    return {name: audience[name] for name in ("include", "exclude") if name in audience}


def narrowed(value, paths):
    """Of a visitor's document only what stands at these paths, or on the way there."""
    if not isinstance(value, dict) or [] in paths:
        return value
    names = {name: [path[1:] for path in paths if path[0] == readings.composed(name)] for name in value}
    return {name: narrowed(value[name], rest) for name, rest in names.items() if rest}


def _chosen(pool, audience, asked, types, referred, met):
    """`CASES` of the pool, half of them inside where there are as many; those of the rarest kinds first."""
    wanted = sorted({row for leaf in asked for row in rows(leaf)})
    candidates = {True: [], False: []}
    for visitor, now_ms in pool:
        document = readings.composed(visitor)
        holds = oracle.holds(audience, document, now_ms, types, referred)
        meets = [(row, kind(document, path, types), holds) for row, path in wanted]
        candidates[holds].append((visitor, now_ms, meets))
    inside = max(CASES // 2, CASES - len(candidates[False]))
    found = _rarest(candidates[True], inside, met)
    return found + _rarest(candidates[False], CASES - len(found), met)


def _rarest(candidates, count, met):
    found, left = [], list(candidates)
    while left and len(found) < count:
        best = min(left, key=lambda each: min((met[row] for row in each[2]), default=0))
        left.remove(best)
        met.update(best[2])
        found.append(best[:2])
    return found


def _case(audience, visitor, now_ms, types, referred):
    until = changes.next_change(audience, readings.composed(visitor), now_ms, types, referred)
    return {
        "visitor": visitor,
        "now": draws_when.text(now_ms),
        "holds": oracle.holds(audience, visitor, now_ms, types, referred),
        "valid_until": None if until is None else draws_when.text(until),
    }


def _unread(case, audience, attributes, types, referred):
    now_ms = readings.instant(case["now"])
    holds = oracle.kleene(audience, case["visitor"], now_ms, types, referred, frozenset(attributes))
    return {"attributes": attributes, "holds": holds}
