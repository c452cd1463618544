"""JsonLogic expressions as rules: what makes one truthy, case by case where its value matters.

An expression can be any value. Where it only has to hold, `truth` gives the rule for that; where it is compared,
`cases` gives the constants, variables and sums that it can be, each with the rule under which it is that.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Protocol

import msgspec

from shared.importers import javascript
from shared.importers.jsonlogic.arithmetic import Computed, computed
from shared.importers.jsonlogic.scopes import Narrowed, Scope
from shared.importers.jsonlogic.variables import Variable, is_truthy, unsaid
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, exists, negation
from shared.importers.readings import NULL
from shared.importers.translation import Guard, Json
from shared.rules.problems import Problem, Refused, did_you_mean, step

MAX_CONDITIONS = 1_000
"""Conditions of one comparison and of a whole rule, far above what a rule may have: it bounds the work."""


class Constant(msgspec.Struct, frozen=True):
    """A value that stands in the rule."""

    value: Json


Symbol = Constant | Variable | Computed
Case = tuple[Node, Symbol]


class Operation(Protocol):
    """One operation: its values and their pointer to the rule under which it is truthy."""

    def __call__(self, reader: "Reader", values: list[Json], at: str) -> Node:
        """Where the operation cannot be said, `NEVER`, with the reason among the reader's problems."""
        ...


class Findings(msgspec.Struct, frozen=True):
    """What is noted of one rule beside the rule that it becomes; assumptions: None where none can be made."""

    guards: list[Guard]
    problems: list[Problem]
    assumptions: list[Node] | None


class Reader:
    """Reads the expressions of one rule in one scope; what is found is shared with the scopes within."""

    def __init__(self, scope: Scope, operations: Mapping[str, Operation], findings: Findings) -> None:
        self.scope = scope
        self.findings = findings
        self._operations = operations

    def within(self, scope: Scope) -> "Reader":
        """A reader of the same data, of whose variables more is known."""
        return Reader(scope, self._operations, self.findings)

    def within_element(self, scope: Scope) -> "Reader":
        """A reader of one element of a list, of which nothing can be assumed."""
        return Reader(scope, self._operations, msgspec.structs.replace(self.findings, assumptions=None))

    def truth(self, rule: Json, at: str) -> Node:
        """When an expression is truthy."""
        if not isinstance(rule, dict):
            return ALWAYS if javascript.is_truthy(rule) else NEVER
        name, values, inside = self._operation(rule, at)
        if name in self._operations:
            return _bounded(self._operations[name](self, values, inside))
        return any_of(*(all_of(node, self.is_truthy(symbol, at)) for node, symbol in self.cases(rule, at)))

    def truths(self, rules: list[Json], at: str) -> list[Node]:
        """When each of several expressions is truthy."""
        return [self.truth(rule, step(at, index)) for index, rule in enumerate(rules)]

    def cases(self, rule: Json, at: str) -> list[Case]:
        """What an expression can be; the conditions of the cases exclude each other and leave nothing out."""
        if isinstance(rule, list):
            return [(ALWAYS, Constant(rule))] if _is_plain(rule) else self._unsaid(at, "a list that is put together")
        if not isinstance(rule, dict):
            return [(ALWAYS, Constant(rule))]
        name, values, inside = self._operation(rule, at)
        if name in _VALUES:
            return [(_bounded(node), symbol) for node, symbol in _VALUES[name](self, values, inside)]
        if name in LISTS:
            return self._unsaid(inside, f"the list that `{name}` makes")
        if name in self._operations:
            holds = _bounded(self._operations[name](self, values, inside))
            return [(holds, Constant(value=True)), (negation(holds), Constant(value=False))]
        return []

    def variable(self, values: list[Json], at: str) -> list[Case]:
        """The cases of `var`: its value, and its default where it has one and nothing is there."""
        name = values[0] if values else ""
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        if not isinstance(name, str) or len(values) > 2:
            return self._unsaid(at, "a variable whose name is worked out")
        try:
            found = self.scope.find(name, at)
        except Refused as refused:
            self.findings.problems.extend(refused.problems)
            return []
        default: list[Case] = [(ALWAYS, Constant(None))]
        if len(values) == 2:
            default = self.cases(values[1], step(at, 1))
        if found is None:
            return default
        return list(self._with_default(found, default, at))

    def refuse(self, at: str, detail: str, hint: str | None = None, code: str = "not-importable") -> Node:
        """Adds a problem; `NEVER` stands for what cannot be said."""
        self.findings.problems.append(Problem(at, code, detail, hint))
        return NEVER

    def guard(self, at: str, code: str, detail: str) -> None:
        """Adds a guard."""
        self.findings.guards.append(Guard(at, code, detail))

    def assume(self, node: Node) -> None:
        """Notes what must hold of a visitor for the rule to be exact; raises `Refused` for an element of a list."""
        if node == ALWAYS:
            return
        if self.findings.assumptions is None:
            raise unsaid("two variables of an element are compared")
        self.findings.assumptions.append(node)

    def _with_default(self, found: Variable, default: list[Case], at: str) -> Iterator[Case]:
        if not found.may_be("null") or all(symbol == Constant(None) for _, symbol in default):
            yield ALWAYS, found
            return
        self.guard(
            at, "null-is-no-default", f"`{found.name}` has its default where it is missing, not where it is null"
        )
        is_null = condition((*found.root, NULL), "has_any", [found.name])
        yield exists(found.path), msgspec.structs.replace(found, kinds=found.kinds - {"null"})
        yield all_of(negation(exists(found.path)), is_null), Constant(None)
        for node, symbol in default:
            yield all_of(negation(exists(found.path)), negation(is_null), node), symbol

    def is_truthy(self, symbol: Symbol, at: str) -> Node:
        """When what an expression can be is truthy."""
        if isinstance(symbol, Constant):
            return ALWAYS if javascript.is_truthy(symbol.value) else NEVER
        try:
            return is_truthy(symbol) if isinstance(symbol, Variable) else symbol.is_truthy()
        except Refused as refused:
            self.add(refused, at)
            return NEVER

    def add(self, refused: Refused, at: str) -> None:
        """Adds problems that do not know their place."""
        self.findings.problems.extend([msgspec.structs.replace(problem, pointer=at) for problem in refused.problems])

    def _unsaid(self, at: str, what: str) -> list[Case]:
        self.refuse(at, f"{what} cannot be compared here")
        return []

    def _operation(self, rule: dict[str, Json], at: str) -> tuple[str, list[Json], str]:
        """(name, values, pointer of the values); the name is empty where there is no such operation."""
        if len(rule) != 1:
            detail = f"an object with {len(rule)} names is no operation"
            self.refuse(at, detail, 'write one operation, as `{"==": [...]}`', "unknown-operation")
            return "", [], at
        ((name, values),) = rule.items()
        inside = step(at, name)
        if name not in self._operations and name not in _VALUES:
            known = (*self._operations, *_VALUES)
            self.refuse(inside, f"`{name}` is not imported", did_you_mean(name, known), "unknown-operation")
            return "", [], at
        # one value need not stand in a list; its pointer then leads to where the list would begin
        return name, values if isinstance(values, list) else [values], inside


LISTS = ("missing", "missing_some", "filter", "map")
"""Operations that make a list: what can be asked of it is whether it is empty."""


def _choice(reader: Reader, values: list[Json], at: str) -> list[Case]:
    """`if`: pairs of a condition and a value, then perhaps the value of all else."""
    found: list[Case] = []
    before: Node = ALWAYS
    for index in range(0, len(values) - 1, 2):
        holds = reader.truth(values[index], step(at, index))
        chosen = reader.cases(values[index + 1], step(at, index + 1))
        found += [(all_of(before, holds, node), symbol) for node, symbol in chosen]
        before = _bounded(all_of(before, negation(holds)))
    last = reader.cases(values[-1], step(at, len(values) - 1)) if len(values) % 2 else [(ALWAYS, Constant(None))]
    return [*found, *((all_of(before, node), symbol) for node, symbol in last)]


def _first(*, truthy: bool) -> Callable[[Reader, list[Json], str], list[Case]]:
    """`or` is its first truthy value, `and` its first falsy one; the last where there is none."""

    def stop(holds: Node) -> Node:
        return holds if truthy else negation(holds)

    def cases(reader: Reader, values: list[Json], at: str) -> list[Case]:
        found: list[Case] = []
        before: Node = ALWAYS
        reader = narrowed(reader, values) if not truthy else reader
        for index, value in enumerate(values):
            each = reader.cases(value, step(at, index))
            if index == len(values) - 1:
                return [*found, *((all_of(before, node), symbol) for node, symbol in each)]
            stops = [(node, stop(reader.is_truthy(symbol, at)), symbol) for node, symbol in each]
            found += [(all_of(before, node, stopped), symbol) for node, stopped, symbol in stops]
            before = _bounded(all_of(before, negation(any_of(*(all_of(node, stopped) for node, stopped, _ in stops)))))
        return [(ALWAYS, Constant(None))]  # undefined, which only `===` tells from null

    return cases


def _logged(reader: Reader, values: list[Json], at: str) -> list[Case]:
    return reader.cases(values[0], step(at, 0)) if values else [(ALWAYS, Constant(None))]


def _arithmetic(name: str) -> Callable[[Reader, list[Json], str], list[Case]]:
    def cases(reader: Reader, values: list[Json], at: str) -> list[Case]:
        found: list[Case] = []
        for choice in product(*(reader.cases(value, step(at, index)) for index, value in enumerate(values))):
            operands = [symbol.value if isinstance(symbol, Constant) else symbol for _, symbol in choice]
            try:
                result = computed(name, operands)
            except Refused as refused:
                reader.add(refused, at)
            else:
                symbol = result if isinstance(result, Variable | Computed) else Constant(result)
                found.append((all_of(*(node for node, _ in choice)), symbol))
        return found

    return cases


_VALUES: Mapping[str, Callable[[Reader, list[Json], str], list[Case]]] = {
    "var": lambda reader, values, at: reader.variable(values, at),
    "if": _choice,
    "?:": _choice,
    "and": _first(truthy=False),
    "or": _first(truthy=True),
    "log": _logged,
    **{name: _arithmetic(name) for name in ("+", "-", "*", "/", "%")},
}
"""Operations whose value, and not only whether it is truthy, can matter."""


def narrowed(reader: Reader, values: list[Json]) -> Reader:
    """The reader of an `and` whose own values say of what kind some variables are."""
    kinds = {found[0]: found[1] for value in values if (found := kind_test(value))}
    return reader.within(Narrowed(reader.scope, kinds)) if kinds else reader


def kind_test(rule: Json) -> tuple[str, str] | None:
    """(name, kind) where a rule is one of the two ways to ask for a kind.

    `{"===": [{"+": [V]}, V]}` is true of numbers alone, `{"===": [{"cat": [V]}, V]}` of texts alone.
    """
    match rule:
        case {"===": [{"+": [{"var": str(name)}]}, {"var": str(same)}]} if name == same and len(rule) == 1:
            return name, "number"
        case {"===": [{"cat": [{"var": str(name)}]}, {"var": str(same)}]} if name == same and len(rule) == 1:
            return name, "string"
    return None


def _is_plain(value: Json) -> bool:
    """Whether nothing has to be worked out in a list."""
    return not isinstance(value, dict) and (not isinstance(value, list) or all(map(_is_plain, value)))


def _bounded(node: Node) -> Node:
    """The node; raises `Refused` where it has more conditions than any rule may have."""
    waiting, conditions = [node], 0
    while waiting:
        found = waiting.pop()
        conditions += "op" in found
        if conditions > MAX_CONDITIONS:
            raise Refused([_too_large()])
        waiting += found.get("all", ())
        waiting += found.get("any", ())
        waiting += [found["not"]] if "not" in found else []
    return node


def _too_large() -> Problem:
    return Problem("", "too-many-conditions", f"more than {MAX_CONDITIONS} conditions come of it", "write it in parts")
