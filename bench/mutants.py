"""Mutation testing: would the tests notice if the language were another?

    python -m bench.mutants [--count 300] [--seed 1] [--minutes 60] [--files shared/rules/masks.py ...]

A mutant is the code with one small change: a comparison, operator, constant, condition or returned value. So many of
all that are possible are drawn by the seed. Each is tested in a copy of the project, the likeliest tests first, until
one fails (the mutant is killed) or takes too long (as good). What survives is listed, to be killed by a new test or to
be seen through: a change of what is only remembered, or how long, changes no answer.
"""

import argparse
import ast
import copy
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parents[1]
SECONDS = 200
"""No step of testing a mutant takes longer; the longest takes a third of it on an idle machine."""
TESTS = ("tests/test_conformance.py", "tests/rules", "tests/test_corpus.py", "tests/properties/test_zones.py")
LATER_TESTS = tuple(f"tests/properties/test_{name}.py" for name in ("rollout", "schedules", "valid_until", "agreement"))

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}


class Mutator(ast.NodeTransformer):
    """Makes the `wanted`-th change that a tree allows; `found` counts them, `change` tells the one that was made."""

    def __init__(self, wanted: int) -> None:
        self.found = 0
        self.change = ""
        self._wanted = wanted

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, changed where it is the wanted one; what types and texts say is left alone."""
        for variant in _variants(node):
            if self.found == self._wanted:
                self.change = f"{getattr(node, 'lineno', 0)}: `{ast.unparse(node)}` -> `{ast.unparse(variant)}`"
            self.found += 1
            if self.change and self.found == self._wanted + 1:
                return variant
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            if isinstance(value, list):
                setattr(node, name, [self.visit(item) if isinstance(item, ast.AST) else item for item in value])
            elif isinstance(value, ast.expr | ast.stmt):
                setattr(node, name, self.visit(value))
        return node


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """The changes of one node."""
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            if type(op) in _SWAPS:
                changed = copy.deepcopy(node)
                changed.ops[at] = _SWAPS[type(op)]()  # type: ignore[call-overload]
                yield changed
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign) and type(node.op) in _SWAPS:
        changed = copy.deepcopy(node)
        changed.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
        yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, ast.If | ast.IfExp):
        changed = copy.deepcopy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Break | ast.Continue):
        yield _SWAPS[type(node)]()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def mutants(files: list[Path]) -> list[tuple[Path, int]]:
    """Every change that the files allow: (file, its number there)."""
    found = []
    for file in files:
        counter = Mutator(-1)
        counter.visit(ast.parse(file.read_text()))
        found += [(file, number) for number in range(counter.found)]
    return found


def mutate(file: Path, number: int) -> tuple[str, str]:
    """(the changed source, what was changed in which line)."""
    mutator = Mutator(number)
    tree = mutator.visit(ast.parse(file.read_text()))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n", mutator.change


def fate(project: Path, tests: list[str]) -> str:
    """How the tests of a project end: survived, killed or slow."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", *tests]
    try:
        ended = subprocess.run(  # noqa: S603  # our own tests
            command, cwd=project, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "slow"
    return "killed" if ended.returncode else "survived"


def test(file: Path, number: int, project: Path) -> tuple[str, str]:
    """(the fate of a mutant, what it changes)."""
    source, change = mutate(file, number)
    inside = project / file.relative_to(ROOT)
    original = inside.read_bytes()
    inside.write_text(source)
    try:
        own = Path(f"tests/rules/test_{file.stem}.py")
        likeliest = [str(own)] if (project / own).exists() else []
        for tests in (likeliest, TESTS, LATER_TESTS):
            ended = fate(project, list(tests)) if tests else "survived"
            if ended != "survived":
                break
    finally:
        inside.write_bytes(original)
    return ended, f"{file.relative_to(ROOT)}:{change}"


def main() -> int:
    """Test a sample, print what survived and the score."""
    options = _options()
    files = sorted(file for pattern in options.files for file in ROOT.glob(pattern))
    every = mutants(files)
    drawn = random.Random(options.seed).sample(every, min(options.count, len(every)))
    ends, fates, survivors = monotonic() + 60 * options.minutes, Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("shared", "tests", "functions", "bench", "samples", "docs", "pyproject.toml"):
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copied(ROOT / name, project / name)
        if fate(project, [*TESTS, *LATER_TESTS]) != "survived":
            print("the tests fail, or take too long, without any change", file=sys.stderr)
            return 1
        for file, number in drawn:
            if monotonic() > ends:
                break
            ended, change = test(file, number, project)
            fates[ended] += 1
            if ended == "survived":
                survivors.append(change)
                print(change, file=sys.stderr, flush=True)
    tested = fates.total()
    report = {"possible": len(every), "tested": tested, **fates, "seed": options.seed}
    print(
        json.dumps(report | {"score": round(1 - len(survivors) / max(tested, 1), 3), "survivors": survivors}, indent=2)
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description="Test small changes of the language.")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other mutants")
    parser.add_argument("--minutes", type=float, default=60, help="no mutant is begun later")
    parser.add_argument("--files", nargs="+", default=["shared/rules/*.py"])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
