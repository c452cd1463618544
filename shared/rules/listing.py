"""A Program as text, one instruction a line, to be read and reviewed as a diff."""

import json
from collections.abc import Iterator

from shared.rules import catalogue
from shared.rules.program import Op, Polarity, Predicate, Program, Test, unpack


def listing(program: Program) -> str:
    """The pools, then the code; what an element is asked stands below its predicate.

    A predicate reads `0  traits.plan EQUAL ["pro", "team"]`, an instruction, behind its place in the code,
    `3  LITERAL 0 HOLDS`, `6  REFERENCE 0 complemented` or `9  ALL 2`.
    """
    lines = [f"format {program.format}", "predicates"]
    for number, predicate in enumerate(program.predicates):
        lines.append(f"  {number}  {_predicate(predicate, program)}")
        if predicate.test is Test.ELEMENT and isinstance(predicate.operand, tuple):
            lines += (f"     {line}" for line in listing(unpack(predicate.operand[0])).splitlines())
    if program.references:
        lines.append("references")
        lines += (f"  {number}  {key}" for number, key in enumerate(program.references))
    lines.append("code")
    lines += (f"  {at}  {instruction}" for at, instruction in _instructions(program.code))
    return "\n".join(lines) + "\n"


def _predicate(predicate: Predicate, program: Program) -> str:
    words = [catalogue.join(program.paths[predicate.subject]) or "now", predicate.test.name]
    if predicate.operand is not None and predicate.test is not Test.ELEMENT:
        words.append(json.dumps(predicate.operand, ensure_ascii=False, default=bytes.hex))
    if predicate.other is not None:
        words.append(catalogue.join(program.paths[predicate.other]))
    return " ".join(words)


def _instructions(code: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """Each instruction with its place in the code."""
    at = 0
    while at < len(code):
        op = Op(code[at])
        if op is Op.LITERAL:
            yield at, f"{op.name} {code[at + 1]} {Polarity(code[at + 2]).name}"
        elif op is Op.REFERENCE:
            yield at, f"{op.name} {code[at + 1]}{' complemented' if code[at + 2] else ''}"
        else:
            yield at, f"{op.name} {code[at + 1]}"
        at += 3 if op in (Op.LITERAL, Op.REFERENCE) else 2
