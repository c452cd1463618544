"""JsonLogic's comparisons of two expressions, each of which may be several things."""

from collections.abc import Callable, Mapping
from itertools import product

from shared.importers import javascript
from shared.importers.jsonlogic import pairs, variables
from shared.importers.jsonlogic.arithmetic import Computed
from shared.importers.jsonlogic.rules import Constant, Operation, Reader, Symbol, kind_test
from shared.importers.jsonlogic.variables import Variable, member
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, is_number, is_string, negation
from shared.importers.readings import NUMBER, PARSED, TEXT
from shared.importers.translation import Json
from shared.rules.problems import Refused, step

Compare = Callable[[Reader, Symbol, Symbol], Node]
_FLIPPED = {"lt": "gt", "lte": "gte"}


def _related(compare: Compare, reader: Reader, values: list[Json], at: str) -> Node:
    """A comparison of the first two values, of every case of one with every case of the other."""
    if len(values) < 2:
        return reader.refuse(at, "two values are compared", "give both", "wrong-arity")
    sides = (reader.cases(values[index], step(at, index)) for index in (0, 1))
    found: list[Node] = []
    for (when_left, left), (when_right, right) in product(*sides):
        try:
            found.append(all_of(when_left, when_right, compare(reader, left, right)))
        except Refused as refused:
            reader.add(refused, at)
    node = any_of(*found)
    note(reader, node, at)
    return node


def note(reader: Reader, node: Node, at: str) -> None:
    """The guard of a comparison that coerces, or that holds on what is missing."""
    asked = str(node)
    if any(f"{group}." in asked for group in (NUMBER, PARSED, TEXT)):
        detail = "a text that reads as a number, and a list or an object as its text, are compared as JavaScript does"
        reader.guard(at, "coercion", detail)
    if "'not': {'attribute'" in asked and "'op': 'exists'" in asked:
        reader.guard(at, "missing", "what is missing or null takes part in the comparison")


def _strictly(_: Reader, left: Symbol, right: Symbol) -> Node:
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _always(javascript.strictly_equal(left.value, right.value))
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Computed) or isinstance(right, Computed):
        is_number_asked = isinstance(right, Constant) and _is_number(right.value)
        return _computed("eq", left, right) if is_number_asked or not isinstance(right, Constant) else NEVER
    assert isinstance(left, Variable)
    return pairs.same(left, right) if isinstance(right, Variable) else variables.equals(left, right.value)


def _loosely(_: Reader, left: Symbol, right: Symbol) -> Node:
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _always(javascript.loosely_equal(left.value, right.value))
    if isinstance(left, Constant):
        left, right = right, left
    if isinstance(left, Computed) or isinstance(right, Computed):
        return NEVER if right == Constant(None) else _computed("eq", left, right)
    assert isinstance(left, Variable)
    if isinstance(right, Variable):
        return pairs.same_loosely(left, right)
    return variables.equals_loosely(left, right.value)


def _less(op: str) -> Compare:
    def compare(reader: Reader, left: Symbol, right: Symbol) -> Node:
        if isinstance(left, Constant) and isinstance(right, Constant):
            return _always(javascript.is_less(left.value, right.value, or_equal=op == "lte"))
        if isinstance(left, Constant):
            return _ordered(reader, right, _FLIPPED[op], left)
        return _ordered(reader, left, op, right)

    return compare


def _ordered(reader: Reader, left: Symbol, op: str, right: Symbol) -> Node:
    if isinstance(left, Computed) or isinstance(right, Computed):
        return _computed(op, left, right)
    assert isinstance(left, Variable)
    if isinstance(right, Constant):
        return variables.is_ordered(left, op, right.value)
    reader.assume(pairs.are_not_both_texts(left, right))
    return pairs.ordered(left, op, right)


def _computed(op: str, left: Symbol, right: Symbol) -> Node:
    """A sum against a constant, which is read as a number."""
    if isinstance(left, Computed) and isinstance(right, Constant):
        return left.compared(op, javascript.number_of(right.value))
    raise variables.unsaid("a sum is only compared with a constant")


def _negated(operation: Operation) -> Operation:
    return lambda reader, values, at: negation(operation(reader, values, at))


def _related_by(compare: Compare) -> Operation:
    return lambda reader, values, at: _related(compare, reader, values, at)


def _strict(reader: Reader, values: list[Json], at: str) -> Node:
    """`===`, and three ways in which it asks for a kind or for how a text begins or ends."""
    found = kind_test({"===": values})
    if found is not None:
        is_kind = {"number": is_number, "string": is_string}[found[1]]
        subjects = [symbol for _, symbol in reader.cases(values[1], step(at, 1))]
        return any_of(*(is_kind(subject.path) for subject in subjects if isinstance(subject, Variable)))
    match values:
        case [{"substr": [{"var": _} as variable, 0, int(length)]}, str(part)] if length == _units(part) > 0:
            return _related(_at_text_end("starts_with"), reader, [variable, part], at)
        case [{"substr": [{"var": _} as variable, int(length)]}, str(part)] if -length == _units(part) > 0:
            return _related(_at_text_end("ends_with"), reader, [variable, part], at)
    return _related(_strictly, reader, values, at)


def _at_text_end(op: str) -> Compare:
    """How the text of a variable begins or ends, where that is known to be one."""

    def compare(_: Reader, left: Symbol, right: Symbol) -> Node:
        if not isinstance(left, Variable) or left.kinds != {"string"}:
            raise variables.unsaid("a part of what may be no text is compared")
        assert isinstance(right, Constant)
        return condition(left.path, op, right.value)

    return compare


def _units(text: str) -> int:
    """The length of a text in JavaScript."""
    return len(text.encode("utf-16-be")) // 2


def _between(op: str) -> Operation:
    """`<` and `<=`, which take a third value: then the second lies between the others."""

    def operation(reader: Reader, values: list[Json], at: str) -> Node:
        first = _related(_less(op), reader, values, at)
        if len(values) < 3:
            return first
        return all_of(first, _related(_less(op), reader, values[1:], at))

    return operation


def _greater(op: str) -> Operation:
    """`>` and `>=`: the same with the values exchanged."""
    return lambda reader, values, at: _related(_less(op), reader, values[1::-1], at)


def _contained(reader: Reader, values: list[Json], at: str) -> Node:
    """`in`: part of a text, or one of a list."""
    if len(values) < 2:
        return reader.refuse(at, "`in` takes what is looked for and where", "give both", "wrong-arity")
    if not isinstance(values[1], list):
        return _related(_in_text, reader, values, at)
    constants = [value for value in values[1] if not isinstance(value, dict)]
    others = [index for index, value in enumerate(values[1]) if isinstance(value, dict)]
    among = _related(_in_list, reader, [values[0], constants], at) if constants else NEVER
    return any_of(among, *(_related(_strictly, reader, [values[0], values[1][index]], at) for index in others))


def _in_list(reader: Reader, left: Symbol, right: Symbol) -> Node:
    assert isinstance(right, Constant)
    if isinstance(left, Variable):
        known = {type(value) for value in right.value}
        scalars = [value for value in right.value if variables.may_equal(left, value)]
        return any_of(member(left.path, scalars), variables.is_missing(left) if type(None) in known else NEVER)
    return any_of(*(_strictly(reader, left, Constant(value)) for value in right.value))


def _in_text(reader: Reader, left: Symbol, right: Symbol) -> Node:
    if isinstance(right, Computed) or isinstance(left, Computed):
        raise variables.unsaid("a sum is only compared")
    if isinstance(right, Constant):
        if not isinstance(right.value, str):
            return NEVER  # numbers, booleans, null and objects hold nothing
        if isinstance(left, Constant):
            return _always(right.value and javascript.text_of(left.value) in right.value)
        return variables.is_part_of(left, right.value)
    if isinstance(left, Variable):
        reader.assume(pairs.is_text_in_text(left, right))
        return pairs.is_within(left, right)
    return variables.holds_text_or_element(right, left.value)


def _at_end(op: str) -> Operation:
    """`startsWith` and `endsWith`, which react-querybuilder adds; they take texts only."""

    def compare(_: Reader, left: Symbol, right: Symbol) -> Node:
        if isinstance(right, Variable) and isinstance(left, Variable):
            return pairs.both_texts(left, op, right)
        if not isinstance(right, Constant) or isinstance(left, Computed):
            raise variables.unsaid("a text is only compared with a constant or another variable")
        part = javascript.text_of(right.value)
        if isinstance(left, Constant):
            test = str.startswith if op == "starts_with" else str.endswith
            return _always(isinstance(left.value, str) and test(left.value, part))
        if not left.may_be("string"):
            return NEVER
        return condition(left.path, op, part) if part else is_string(left.path)

    return _related_by(compare)


def _always(holds: object) -> Node:
    return ALWAYS if holds else NEVER


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


COMPARISONS: Mapping[str, Operation] = {
    "==": _related_by(_loosely),
    "!=": _negated(_related_by(_loosely)),
    "===": _strict,
    "!==": _negated(_strict),
    "<": _between("lt"),
    "<=": _between("lte"),
    ">": _greater("lt"),
    ">=": _greater("lte"),
    "in": _contained,
    "startsWith": _at_end("starts_with"),
    "endsWith": _at_end("ends_with"),
}
"""By the operation's name."""
