"""Compile: the tree of a rule to its Program."""

from dataclasses import dataclass, field

import msgspec

from shared.rules.catalogue import Path
from shared.rules.model import All, Any, Condition, Node, Not, Reference
from shared.rules.optimizer import optimize
from shared.rules.program import FORMAT, Op, Polarity, Predicate, Program, pack
from shared.rules.questions import Asking, question


def compile_rule(node: Node) -> Program:
    """The Program of a checked rule; for an unchecked one it raises Refused where an operand cannot be prepared.

    Equal predicates stand once in its pool; paths, predicates and references are in the order of their first use.
    """
    pools = _Pools()
    _emit(optimize(node), pools)
    return Program(
        format=FORMAT,
        paths=tuple(pools.paths),
        predicates=tuple(pools.predicates),
        references=tuple(pools.references),
        code=tuple(pools.code),
    )


@dataclass
class _Pools:
    """What a program is made of, while it grows."""

    paths: dict[Path, int] = field(default_factory=dict)
    predicates: list[Predicate] = field(default_factory=list)
    numbers: dict[bytes, int] = field(default_factory=dict)  # by the predicate's bytes: in Python (True,) == (1,)
    references: dict[str, int] = field(default_factory=dict)
    code: list[int] = field(default_factory=list)

    def path(self, path: Path) -> int:
        return self.paths.setdefault(path, len(self.paths))

    def predicate(self, leaf: Asking) -> int:
        asked = question(leaf)
        is_element = isinstance(leaf, Condition) and leaf.element is not None
        operand = (pack(compile_rule(leaf.element)),) if is_element else asked.operand  # type: ignore[union-attr,arg-type]  # a condition with an element
        subject = self.path(asked.path)
        predicate = Predicate(subject, asked.test, operand, None if asked.other is None else self.path(asked.other))
        number = self.numbers.setdefault(msgspec.msgpack.encode(predicate), len(self.predicates))
        if number == len(self.predicates):
            self.predicates.append(predicate)
        return number


def _emit(node: Node, pools: _Pools, *, negated: bool = False) -> None:
    """Postfix code of an optimized tree, in which `not` stands on leaves only."""
    match node:
        case Not(item):
            _emit(item, pools, negated=not negated)
        case Reference(audience):
            number = pools.references.setdefault(audience, len(pools.references))
            pools.code += (Op.REFERENCE, number, int(negated))
        case All(items) | Any(items):
            for item in items:
                _emit(item, pools)
            pools.code += (Op.ALL if isinstance(node, All) else Op.ANY, len(items))
        case _:
            is_lenient = isinstance(node, Condition) and node.missing_matches
            polarity = Polarity.HOLDS_OR_MISSING if is_lenient else Polarity.HOLDS
            pools.code += (Op.LITERAL, pools.predicate(node), polarity.complement if negated else polarity)
