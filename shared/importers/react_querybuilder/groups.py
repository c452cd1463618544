"""Queries of react-querybuilder as JsonLogic, group by group, as `formatQuery` (8.24) puts them together."""

from shared.importers.react_querybuilder.values import Expression, comparison
from shared.importers.translation import Guard, Json
from shared.rules.problems import Problem, Refused, step

PLACEHOLDER = "~"
"""The field, or operator, that nobody has chosen yet."""

MAX_DEPTH = 30
"""Groups within groups."""

Place = tuple[Json, str]
"""A part of a query with its pointer."""


class Query:
    """One query being written as JsonLogic; remembers which part of it each part of the JsonLogic comes from."""

    def __init__(self, parse_numbers: bool | None) -> None:  # noqa: FBT001  # formatQuery's own option
        self.problems: list[Problem] = []
        self.guards: list[Guard] = []
        self._parse_numbers = parse_numbers
        self._sources: dict[str, str] = {}

    def source_of(self, pointer: str) -> str:
        """Where in the query the nearest part stands that a pointer into the JsonLogic leads to."""
        while pointer and pointer not in self._sources:
            pointer = pointer.rpartition("/")[0]
        return self._sources.get(pointer, "")

    def expression(self, query: Json) -> Expression:
        """The JsonLogic of a whole query."""
        if not is_group(query):
            return self._refuse("", "wrong-type", "a query with `rules` is expected")
        return self._group(query, "", "", within_independent=True)

    def _group(self, group: Json, at: str, target: str, *, within_independent: bool) -> Expression:
        """A group at `at` in the query, its JsonLogic at `target`; one that is left without rules is false."""
        if at.count("/rules/") > MAX_DEPTH:
            return self._refuse(at, "too-deep", f"more than {MAX_DEPTH} groups within groups")
        if group.get("muted"):
            return self._dropped(at, "a muted group is left out")
        places = [(item, step(step(at, "rules"), index)) for index, item in enumerate(group["rules"])]
        combinator = group.get("combinator")
        if combinator is None and not within_independent:
            detail = "a group without `combinator` stands in one that has it"
            return self._refuse(at, "not-importable", detail, "give every group a combinator")
        inside = step(step(target, "!"), 0) if group.get("not") else target
        if combinator is None:
            found = self._independent(places, inside)
        elif combinator in ("and", "or"):
            found = self._joined(combinator, [(each,) for each in places], inside, within_independent=False)
        else:
            return self._refuse(step(at, "combinator"), "not-importable", f"`{combinator}` is not imported")
        self._sources[target] = at
        if found is False:
            return self._dropped(at, "a group that is left without rules is false and left out")
        return {"!": [found]} if group.get("not") else found

    def _independent(self, places: list[Place], target: str) -> Expression:
        """Rules with combinators between them; `and` binds tighter than `or`."""
        chains: list[list[Place]] = [[]]
        for index, (item, at) in enumerate(places):
            if index % 2 == 0:
                chains[-1].append((item, at))
            elif item == "or":
                chains.append([])
            elif item != "and":
                return self._refuse(at, "not-importable", f"`{item}` is not imported", "use `and` and `or`")
        if len(places) % 2 == 0 and places:
            return self._refuse(places[-1][1], "wrong-type", "rules and combinators take turns")
        if len(chains) == 1:
            return self._joined("and", [(each,) for each in chains[0]], target, within_independent=True)
        return self._joined("or", [tuple(chain) for chain in chains], target, within_independent=True)

    def _joined(
        self, combinator: str, members: list[tuple[Place, ...]], target: str, *, within_independent: bool
    ) -> Expression:
        """Members that are each a rule, a group, or a chain of them under `and`; what is false is left out."""
        found: list[Expression] = []
        for member in members:
            place = step(step(target, combinator), len(found))
            if len(member) > 1:
                each = self._joined("and", [(one,) for one in member], place, within_independent=True)
            else:
                each = self._item(*member[0], place, within_independent=within_independent)
            if each is not False:
                found.append(each)
        return {combinator: found} if found else False

    def _item(self, item: Json, at: str, target: str, *, within_independent: bool) -> Expression:
        if is_group(item):
            return self._group(item, at, target, within_independent=within_independent)
        if not isinstance(item, dict) or not isinstance(item.get("field"), str):
            return self._refuse(at, "wrong-type", "a rule with `field` and `operator`, or a group, is expected")
        if item.get("muted"):
            return self._dropped(at, "a muted rule is left out")
        if PLACEHOLDER in (item["field"], item.get("operator")):
            return self._dropped(at, "a rule whose field or operator is not chosen yet is left out")
        self._sources[target] = at
        return self._rule(item, at, target)

    def _rule(self, item: Json, at: str, target: str) -> Expression:
        match = item.get("match")
        if isinstance(match, dict) and match.get("mode"):
            return self._elements(item, at, target)
        try:
            found = comparison(item, self._parse_numbers)
        except Refused as refused:
            self.problems += [
                Problem(at + each.pointer, each.code, each.detail, each.hint) for each in refused.problems
            ]
            return False
        if found is False:
            return self._dropped(at, "a rule without the values that it needs is left out")
        return found

    def _elements(self, item: Json, at: str, target: str) -> Expression:
        """A rule about the elements of a list: `match` says how many of them satisfy the group that is its value."""
        threshold, mode = item["match"].get("threshold"), str(item["match"]["mode"]).lower()
        if isinstance(threshold, int) and not isinstance(threshold, bool):
            mode = {("atleast", 1): "some", ("atmost", 0): "none"}.get((mode, threshold), mode)
        if mode not in ("all", "none", "some"):
            detail = f"`{mode}` counts elements, which no condition does"
            return self._refuse(step(at, "match"), "not-importable", detail, "use `all`, `none` or `some`")
        group = item.get("value")
        if not is_group(group):
            return self._dropped(at, "a rule about elements without rules for them is left out")
        inside, place = step(step(target, mode), 1), step(at, "value")
        alone = group["rules"][0] if len(group["rules"]) == 1 else None
        if isinstance(alone, dict) and not is_group(alone):
            # formatQuery looks neither at `muted`, nor at placeholders, nor at the group's `not`
            found = self._rule(alone, step(step(place, "rules"), 0), inside)
        else:
            found = self._group(group, place, inside, within_independent=True)
        return {mode: [{"var": item["field"]}, found]}

    def _dropped(self, at: str, detail: str) -> Expression:
        self.guards.append(Guard(at, "left-out", detail))
        return False

    def _refuse(self, at: str, code: str, detail: str, hint: str | None = None) -> Expression:
        self.problems.append(Problem(at, code, detail, hint))
        return False


def is_group(value: Json) -> bool:
    """Whether a part of a query is a group: it has a list of rules."""
    return isinstance(value, dict) and isinstance(value.get("rules"), list)
