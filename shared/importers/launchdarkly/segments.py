"""LaunchDarkly's segments: targets, rules and the share of those whom a rule takes."""

from collections.abc import Iterable
from math import inf, nextafter

from shared.importers.launchdarkly.clauses import clause, misshapen, path_of, reference
from shared.importers.launchdarkly.contexts import USER, Contexts, companion, is_scalar
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, exists, is_string, negation
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json
from shared.rules.catalogue import Path, join
from shared.rules.limits import MAX_VALUES
from shared.rules.problems import Problem, Refused, step

MAX_DEPTH = 16
"""Segments that lead from one to the next."""
MAX_READ = 2_000
"""Clauses and segments that one rule comes to, those of the segments within it included."""

_LISTS = ("included", "excluded", "includedContexts", "excludedContexts", "rules")
_WHOLE = 100_000


class Segments:
    """Reads segments and what refers to them; `notes` receives what is found on the way."""

    def __init__(self, extra: Extra, notes: Notes, *, salt: str | None = "") -> None:
        """salt: of segments that have none; None where a salt must not be left out."""
        self._contexts = Contexts(extra)
        self._salt = salt
        self._notes = notes
        self._known = extra.get("segments")
        if not isinstance(self._known, dict | None):
            raise Refused([Problem("/extra/segments", "wrong-type", "an object of segments by key is expected")])
        self._within: list[Json] = []
        self._read = 0

    def segment(self, value: dict[str, Json], pointer: str) -> Node:
        """A whole segment."""
        key = value.get("key")
        if not self._is_segment(value, pointer) or value.get("deleted"):
            return NEVER
        if key in self._within:
            detail = f"segment `{key}` refers to itself: LaunchDarkly fails on it"
            return self._notes.refuse(pointer, "segment-cycle", detail)
        if len(self._within) >= MAX_DEPTH:
            return self._notes.refuse(pointer, "too-deep", f"more than {MAX_DEPTH} segments refer to each other")
        self._within.append(key)
        rules = any_of(
            *(
                self.rule(rule, step(step(pointer, "rules"), index), key, value.get("salt") or self._salt)
                for index, rule in enumerate(value.get("rules") or ())
            )
        )
        self._within.pop()
        if value.get("unbounded"):
            return self._big(value, rules, pointer)
        included, excluded = (self._targets(value, word, pointer) for word in ("included", "excluded"))
        return any_of(included, all_of(negation(excluded), rules))

    def rule(self, value: Json, pointer: str, key: Json, salt: Json) -> Node:
        """A rule of a segment, or of a flag: all of its clauses, then perhaps a share; key, salt: the segment's."""
        if not isinstance(value, dict):
            return self._notes.refuse(pointer, "wrong-type", "a rule is an object")
        asked = self.clauses(value.get("clauses"), step(pointer, "clauses"))
        if value.get("weight") is None:
            return asked
        return all_of(asked, self._share(value, pointer, key, salt))

    def clauses(self, values: Json, pointer: str) -> Node:
        """All of a list of clauses; none is everyone."""
        if not isinstance(values, list):
            return self._notes.refuse(pointer, "wrong-type", "a list of clauses is expected")
        return all_of(*(self.clause(each, step(pointer, index)) for index, each in enumerate(values)))

    def clause(self, value: Json, pointer: str) -> Node:
        """One clause of any operator."""
        if self._is_too_much(pointer) or misshapen(value, self._notes, pointer):
            return NEVER
        if value["op"] != "segmentMatch":
            return clause(value, self._contexts, self._notes, pointer)
        at = step(pointer, "values")
        found = any_of(*(self._referred(key, step(at, index)) for index, key in enumerate(value["values"])))
        return negation(found) if value.get("negate") else found

    def _is_too_much(self, pointer: str) -> bool:
        """Count one more; a segment that others name twice is read twice, so that little text can come to much."""
        self._read += 1
        if self._read == MAX_READ + 1:
            detail = f"with the segments within it this comes to more than {MAX_READ} clauses"
            self._notes.refuse(pointer, "too-many-conditions", detail)
        return self._read > MAX_READ

    def _referred(self, key: Json, pointer: str) -> Node:
        if self._is_too_much(pointer):
            return NEVER
        if self._known is None:
            detail = "the segments that a rule refers to are not there"
            return self._notes.refuse(pointer, "unknown-segment", detail, "put them into `extra.segments`, by key")
        found = self._known.get(key) if isinstance(key, str) else None
        if found is None:
            self._notes.guard(pointer, "unknown-segment", "nobody is in a segment that does not exist")
            return NEVER
        return self.segment(found, pointer) if isinstance(found, dict) else self._not_a_segment(pointer)

    def _not_a_segment(self, pointer: str) -> Node:
        return self._notes.refuse(pointer, "wrong-type", "a segment is an object")

    def _is_segment(self, value: dict[str, Json], pointer: str) -> bool:
        wrong = [name for name in _LISTS if not isinstance(value.get(name), list | None)]
        wrong += [name for name in ("salt", "unboundedContextKind") if not isinstance(value.get(name), str | None)]
        wrong += [name for name in ("unbounded", "deleted") if not isinstance(value.get(name), bool | None)]
        wrong += [] if isinstance(value.get("key"), str) and value["key"] else ["key"]
        for name in wrong:
            self._notes.refuse(
                step(pointer, name), "wrong-type", f"`{name}` of a segment is missing or of another type"
            )
        return not wrong

    def _big(self, value: dict[str, Json], rules: Node, pointer: str) -> Node:
        """A segment whose members are kept elsewhere: here in a list, those that it excludes in another."""
        if value.get("generation") is None:
            self._notes.guard(pointer, "no-generation", "a big segment without a generation holds nobody")
            return NEVER
        kind = value.get("unboundedContextKind") or USER
        if kind != USER:
            at = step(pointer, "unboundedContextKind")
            return self._notes.refuse(at, "not-importable", f"lists hold visitors, not contexts of kind `{kind}`")
        self._notes.guard(pointer, "big-segment", "its members must be uploaded as lists")
        listed, unlisted = ({"list": name} for name in list_names(f"{value['key']}.g{value['generation']}"))
        if rules == NEVER:
            return all_of(exists(path_of(USER, ("key",), self._contexts)), listed)
        known = exists(path_of(USER, ("key",), self._contexts))
        return all_of(known, any_of(listed, all_of(negation(unlisted), rules)))

    def _targets(self, value: dict[str, Json], word: str, pointer: str) -> Node:
        at = step(pointer, word)
        nodes = [self._keys(USER, value.get(word) or (), at)]
        for index, target in enumerate(value.get(f"{word}Contexts") or ()):
            at = step(step(pointer, f"{word}Contexts"), index)
            if not isinstance(target, dict) or not isinstance(target.get("values"), list):
                self._notes.refuse(at, "wrong-type", "a target is an object with `values`")
                continue
            nodes.append(self._keys(target.get("contextKind") or USER, target["values"], step(at, "values")))
        return any_of(*nodes)

    def _keys(self, kind: Json, keys: Iterable[Json], pointer: str) -> Node:
        kept = list(dict.fromkeys(key for key in keys if isinstance(key, str)))
        if not isinstance(kind, str) or len(kept) < len(set(map(repr, keys))):
            return self._notes.refuse(pointer, "wrong-type", "a list of strings is expected")
        if len(kept) > MAX_VALUES:
            detail = f"{len(kept)} keys, the limit is {MAX_VALUES}"
            return self._notes.refuse(pointer, "too-many-values", detail, "upload them as a list")
        return condition(path_of(kind, ("key",), self._contexts), "in", kept) if kept else NEVER

    def _share(self, value: dict[str, Json], pointer: str, key: Json, salt: Json) -> Node:
        """Those whose hash is in the share. Who has no such kind of context is, and all without a value to hash are."""
        weight, kind = value["weight"], value.get("rolloutContextKind") or USER
        if not self._can_share(weight, kind, pointer):
            return NEVER
        if not isinstance(key, str) or not isinstance(salt, str):
            detail = "the key and the salt of the segment are not there, with which LaunchDarkly hashes"
            return self._notes.refuse(pointer, "no-salt", detail, "put them into `extra.key` and `extra.salt`")
        if weight > _WHOLE:
            return ALWAYS
        owner = path_of(kind, ("key",), self._contexts)
        absent = negation(exists(owner))
        self._notes.guard(pointer, "share-without-value", "who has nothing that LaunchDarkly hashes is in every share")
        if not weight:
            return absent
        hashed = self._hashed(value, kind, step(pointer, "bucketBy"))
        if hashed is None:
            return NEVER
        hashable = ALWAYS if hashed == owner else _hashable(hashed)
        share = {"percent": _percent(weight), "by": join(hashed), "salt": f"{key}.{salt}", "hash": "launchdarkly"}
        return any_of(absent, negation(hashable), {"rollout": share})

    def _can_share(self, weight: Json, kind: Json, pointer: str) -> bool:
        is_whole = isinstance(weight, int) and not isinstance(weight, bool) and weight >= 0
        if not is_whole:
            detail = f"a whole number of 0 to {_WHOLE} is expected"
            self._notes.refuse(step(pointer, "weight"), "wrong-type", detail)
        if not isinstance(kind, str):
            self._notes.refuse(step(pointer, "rolloutContextKind"), "wrong-type", "a kind is a text")
        return is_whole and isinstance(kind, str)

    def _hashed(self, value: dict[str, Json], kind: str, pointer: str) -> Path | None:
        """The attribute that is hashed, the key where the rule names none; None where it cannot be, which is noted."""
        by = value.get("bucketBy") or "key"
        if not isinstance(by, str):
            self._notes.refuse(pointer, "wrong-type", "an attribute reference is expected")
            return None
        steps = reference(by, value.get("rolloutContextKind"), self._notes, pointer)
        if steps == ("kind",):
            self._notes.refuse(pointer, "not-importable", "the kind of a context stands in no attribute to hash")
            return None
        return steps and path_of(kind, steps, self._contexts)


def _hashable(path: Path) -> Node:
    """A string, or a number that was written as an integer."""
    if is_scalar(path):
        return is_string(path)
    number = all_of(condition(path, "mod", [1, 0]), negation(exists(companion(path))))
    return any_of(is_string(path), number)


def _percent(weight: int) -> float:
    """The percentage whose hundredth is the double that LaunchDarkly compares with, or next to it where none is."""
    near = weight / 1000
    return min((near, nextafter(near, inf), nextafter(near, -inf)), key=lambda each: abs(each / 100 - weight / _WHOLE))


def list_names(reference: str) -> tuple[str, str]:
    """The lists of a big segment's members and of those that it excludes; reference: `<key>.g<generation>`."""
    return reference, f"{reference}-excluded"
