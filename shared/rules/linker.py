"""Link: the programs of an environment become one Image, laid out so that a handful of additions answers all.

Every audience becomes alternating groups over literals; a group of either kind is one NOR over its children:
`any` is the complement of it, and `all` is a NOR over the complements (De Morgan), so complements move into the
literals' polarities and one subtraction a level evaluates every group of the environment (docs/image-format.md).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version

from shared.rules import layout
from shared.rules.catalogue import Path
from shared.rules.image import FORMAT, Attribute, Elements, Image, Level
from shared.rules.indexing import Question, index
from shared.rules.kinds import Type
from shared.rules.layout import Literal, Tree
from shared.rules.limits import MAX_CONDITIONS
from shared.rules.problems import Problem, Refused, step
from shared.rules.program import Op, Polarity, Program

MAX_AUDIENCES = 10_000
MAX_ATTRIBUTES = 1_000


def link(
    programs: Mapping[str, Program],
    types: Mapping[Path, Type],
    public: Collection[str],
    trusted: Collection[Path] = (),
) -> Image:
    """One image of all programs; raises Refused on an unknown reference, a cycle or a limit.

    types: what the catalogue declares, for the paths that it declares. public: keys that browsers may learn.
    trusted: the paths that a publishable key cannot set.
    The order of `programs` has no influence on the image.
    """
    pool = _Pool()
    trees = _resolve(programs, pool)
    if len(trees) > MAX_AUDIENCES:
        raise Refused([Problem("", "too-many-audiences", f"{len(trees)} audiences, the limit is {MAX_AUDIENCES}")])
    attributes, ids = _attributes(pool, types)
    plan = layout.plan(trees)
    wide = len(pool.questions) > 0xFFFF
    return Image(
        format=FORMAT,
        tests=tuple(sorted(_tests(pool.questions, attributes))),
        tzdata=_tzdata(),
        keys=plan.keys,
        spans=plan.spans,
        public=layout.bitmap(position for position, key in enumerate(plan.keys) if key in public),
        negated=plan.negated,
        base=plan.base,
        presence=plan.presence,
        inverted=plan.inverted,
        literals=plan.literals,
        predicates=b"".join(ids[p].to_bytes(4 if wide else 2, "little") for p in plan.predicates),
        predicate_bytes=4 if wide else 2,
        levels=tuple(Level(children, guards) for children, guards in plan.levels),
        attributes=attributes,
        trusted=tuple(sorted(trusted)),
    )


@cache
def _tzdata() -> str:
    """Looked up among the installed packages, which takes longer than to link one rule."""
    return version("tzdata")


def _tests(questions: Iterable[Question], attributes: Iterable[Attribute]) -> set[str]:
    """The names of all tests that a reader must know, those within elements too."""
    nested = (index.image for attribute in attributes for index in attribute.indexes if isinstance(index, Elements))
    return {question.test.name for question in questions}.union(*(image.tests for image in nested))


def _nested(programs: dict[str, Program]) -> Image:
    """What is asked of the elements of a list: their names are open, and nothing is declared."""
    return link(programs, {}, ())


@dataclass
class _Pool:
    """The predicates of all audiences, equal ones once; a predicate's number here is its place in `questions`."""

    questions: dict[Question, int] = field(default_factory=dict)

    def add(self, program: Program) -> list[int]:
        return [
            self.questions.setdefault(
                Question(
                    program.paths[p.subject], None if p.other is None else program.paths[p.other], p.test, p.operand
                ),
                len(self.questions),
            )
            for p in program.predicates
        ]


def _attributes(pool: _Pool, types: Mapping[Path, Type]) -> tuple[tuple[Attribute, ...], list[int]]:
    """The attributes with their indexes, and the final id of each predicate of the pool (ordered by attribute)."""
    ordered = sorted(pool.questions, key=lambda question: question.order)
    ids = [0] * len(ordered)
    for final, question in enumerate(ordered):
        ids[pool.questions[question]] = final
    groups: dict[tuple[Path, Path | None], list[tuple[int, Question]]] = {}
    for final, question in enumerate(ordered):
        groups.setdefault((question.path, question.other), []).append((final, question))
    if len(groups) > MAX_ATTRIBUTES:
        raise Refused([Problem("", "too-many-attributes", f"{len(groups)} attributes, the limit is {MAX_ATTRIBUTES}")])

    def declared(path: Path | None) -> Type:
        return Type.UNDECLARED if path is None else types.get(path, Type.UNDECLARED)

    return tuple(
        Attribute(path, other, declared(path), declared(other), len(questions), index(questions, _nested))
        for (path, other), questions in groups.items()
    ), ids


def _resolve(programs: Mapping[str, Program], pool: _Pool) -> dict[str, Tree]:
    """Each audience's tree with its references inlined, in an order in which what is referred to comes first."""
    trees: dict[str, Tree] = {}
    problems: list[Problem] = []
    for key in _dependencies_first(programs, problems):
        trees[key] = _tree(programs[key], pool.add(programs[key]), trees)
        size = layout.count(trees[key])
        if size > MAX_CONDITIONS:
            detail = f"`{key}` has {size} conditions with its references inlined, the limit is {MAX_CONDITIONS}"
            problems.append(Problem(step("", key), "too-many-conditions", detail))
    if problems:
        raise Refused(problems)
    return trees


def _dependencies_first(programs: Mapping[str, Program], problems: list[Problem]) -> Iterator[str]:
    """Keys in reference order, without recursion; unknown references and cycles become problems."""
    state = dict.fromkeys(programs, "new")
    for root in sorted(programs):
        path = [root]
        while path:
            key = path[-1]
            waiting = [r for r in programs[key].references if state.get(r) == "new" and r not in path]
            if state[key] == "done" or not waiting:
                path.pop()
                if state[key] == "new":
                    state[key] = "done"
                    found = list(_reference_problems(key, programs[key].references, programs, path))
                    problems += found
                    if not problems:
                        yield key
            else:
                path.append(waiting[0])


def _reference_problems(
    key: str, references: Iterable[str], programs: Mapping[str, Program], path: list[str]
) -> Iterator[Problem]:
    for reference in references:
        if reference not in programs:
            yield Problem(
                step("", key), "unknown-audience", f"`{key}` refers to `{reference}`, which is not in the release"
            )
        elif reference == key or reference in path:
            yield Problem(step("", key), "reference-cycle", f"`{key}` refers to itself by way of `{reference}`")


def _tree(program: Program, pool_ids: list[int], trees: Mapping[str, Tree]) -> Tree:
    """Run the postfix code on a stack of trees."""
    stack: list[Tree] = []
    code = iter(program.code)
    for op in code:
        argument = next(code)
        if op == Op.LITERAL:
            stack.append(Literal(pool_ids[argument], Polarity(next(code))))
        elif op == Op.REFERENCE:
            referred = trees[program.references[argument]]
            stack.append(layout.complement(referred) if next(code) else referred)
        else:
            items = stack[-argument:]
            del stack[-argument:]
            stack.append(layout.group(op == Op.ALL, items))
    return stack.pop()
