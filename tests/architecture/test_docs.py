"""The documents are true: their rules are checked, their links lead somewhere, nothing that has a name is left out."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from shared.api.problems import TYPES
from shared.rules import image, kinds, limits, linker, text
from shared.rules.catalogue import CLOSED, ROOTS
from shared.rules.checker import check
from shared.rules.model import Condition
from shared.rules.operators import OPERATORS
from shared.rules.parser import parse, sketch
from shared.rules.sentence import sentence
from shared.visitors import document
from tests import oracle, reference

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LANGUAGE = (DOCS / "language.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "examples").glob("*.md"), ROOT / "bench/README.md"])
SOURCES = sorted([*(ROOT / "shared").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
KNOWN = {"vip": Condition(("traits", "plan"), "eq", "pro")}
KEBAB = re.compile(r"[a-z]+(?:-[a-z]+)+").fullmatch
NODES = {"all", "any", "not", "audience", "list", "rollout", "schedule"}
FENCE = re.compile(r"^```json ?(.*)\n((?:.*\n)*?)```$", re.MULTILINE)


def named(path):
    return str(path.relative_to(ROOT))


def fences(kind):
    """The JSON blocks of the language page whose info string begins so: (rest of it, decoded block)."""
    for title, block in FENCE.findall(LANGUAGE):
        if title.partition(":")[0] == kind:
            yield title.partition(":")[2].split(), json.loads(block)


def values(text):
    """The JSON values of a block, one behind the other."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].strip()


def rules_shown(page):
    """The rules among the JSON values of a page, other systems' (`json source`) left out; all of it must be JSON."""
    for title, block in FENCE.findall(page.read_text()):
        if title == "":
            yield from (value for value in values(block) if is_rule(value))


def is_rule(value):
    """Whether a value is written as a rule is: a condition, or an object with a node's only field."""
    return isinstance(value, dict) and (
        {"attribute", "op"} <= value.keys() or (len(value) == 1 and value.keys() < NODES)
    )


def problems_of(rule):
    node, problems = sketch(rule)
    return [*problems, *check(node, {}, KNOWN)]


# ── the language ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rule", [rule for _, rule in fences("")])
def test_every_rule_that_is_shown_is_taken(rule):
    assert problems_of(rule) == []


@pytest.mark.parametrize(("codes", "rule"), list(fences("refused")))
def test_every_rule_that_is_shown_as_refused_has_these_problems(codes, rule):
    assert sorted(problem.code for problem in problems_of(rule)) == sorted(codes)


def test_every_visitor_document_that_is_shown_is_taken():
    shown = [visitor for _, visitor in fences("visitor")]
    assert shown
    assert [document.problems_of(visitor, "") for visitor in shown] == [[] for _ in shown]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_rule_on_another_page_is_taken(page):
    found = [problem for rule in rules_shown(page) for problem in problems_of(rule)]
    assert [
        problem for problem in found if problem.code != "unknown-audience"
    ] == []  # pages have audiences of their own


def test_no_block_is_left_unchecked():
    known = {"", "refused", "visitor"}
    assert {title.partition(":")[0] for title, _ in FENCE.findall(LANGUAGE)} <= known
    assert LANGUAGE.count("```") == 2 * len(FENCE.findall(LANGUAGE))


def test_the_operator_tables_say_what_the_table_of_the_code_says():
    positive = {name: row.negation for name, row in OPERATORS.items() if row.negates is None}
    assert {row.operator: row.opposite for row in reference.operator_rows()} == positive


@pytest.mark.parametrize("row", list(reference.operator_rows()), ids=lambda row: row.operator)
def test_every_operator_takes_the_value_that_is_shown_and_says_so(row):
    rule = {"attribute": "traits.x", "op": row.operator}
    rule |= {} if row.value is None else {"value": json.loads(row.value)}
    node, problems = parse(rule)
    assert problems == []
    assert sentence(node) == f"`x` {row.words}"
    assert row.opposite is None or problems_of(rule | {"op": row.opposite}) == []


def test_the_reference_of_operators_is_current():
    assert reference.PATH.read_text() == reference.page()  # else: python -m tests.reference


def test_the_oracle_knows_every_operator():
    assert {*oracle.OPERATORS, *oracle.POSITIVE} == set(OPERATORS)  # cases and random questions follow the oracle


def test_what_is_not_supported_yet_is_named():
    section = LANGUAGE.split("## Not supported yet")[1].split("## Problems")[0]
    words = set(re.findall(r"`(\w+)`", section))
    assert {node for node in words if problem_codes({node: {}}) == {"not-supported-yet"}} == {
        "event", "sequence", "session"
    }  # fmt: skip


def problem_codes(rule):
    return {problem.code for problem in parse(rule)[1]}


def test_every_root_and_every_name_of_a_closed_root_is_listed():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", LANGUAGE, flags=re.MULTILINE))
    assert set(ROOTS) <= set(rows)
    for root, names in CLOSED.items():
        assert {name for name in re.findall(r"`(\w+)[`.]", rows[root]) if name != root} >= set(names)


LIMITS = {
    "too-many-conditions": limits.MAX_CONDITIONS,
    "too-deep": limits.MAX_DEPTH,
    "references-too-deep": limits.MAX_REFERENCE_DEPTH,
    "too-many-values": limits.MAX_VALUES,
    "pattern-too-long": limits.MAX_PATTERN_BYTES,
    "pattern-too-large": limits.MAX_PATTERN_PROGRAM,
    "path-too-long": limits.MAX_PATH_STEPS,
    "bad-duration": limits.MAX_DURATION_YEARS,
    "too-many-audiences": linker.MAX_AUDIENCES,
    "too-many-attributes": linker.MAX_ATTRIBUTES,
}


@pytest.mark.parametrize(("code", "limit"), list(LIMITS.items()))
def test_the_limits_are_those_of_the_code(code, limit):
    assert re.search(rf"^\| {limit:,} .*\| `{code}` \|", LANGUAGE, flags=re.MULTILINE)


def test_the_other_limits_are_those_of_the_code():
    assert f"±{kinds.MAX_INTEGER} " in LANGUAGE
    assert f"and {limits.MAX_PATH_LENGTH} characters in the path" in LANGUAGE
    assert f"; {limits.MAX_JSON_DEPTH} levels of JSON" in LANGUAGE
    assert f"| {text.PATTERN_MEMORY >> 20} MB for the compiled patterns" in LANGUAGE
    assert f"| {image.MAX_BYTES >> 20} MB for the image" in LANGUAGE
    assert f"{document.MAX_ATTRIBUTES} attributes and {document.MAX_DEPTH} levels" in LANGUAGE


# ── problems and faults ─────────────────────────────────────────────────────────────────────────────────────────


def texts(node):
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and KEBAB(part.value)
    }


def name_of(call):
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def codes_in(tree, calls, place):
    """Kebab-case names at this place of the arguments of these calls."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in calls and len(node.args) > place:
            found |= texts(node.args[place])
    return found


def raised_codes():
    """The problem codes of all sources: given directly, chosen in `code`, or translated from pydantic's."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        found |= codes_in(tree, {"Problem", "_refused", "_add", "refuse", "guard", "Guard"}, 1)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("code", "_CODES"):
                found |= texts(node.value)
    return found


def test_every_problem_code_is_explained():
    pages = (DOCS / "language.md", DOCS / "problems.md", DOCS / "linter.md", *(DOCS / "migrate").glob("*.md"))
    explained = set(re.findall(r"`([a-z-]+)`", "".join(page.read_text() for page in pages)))
    assert sorted(raised_codes() - explained) == []


def test_every_code_that_is_explained_exists():
    rows = re.findall(r"^\| ((?:`[a-z]+(?:-[a-z]+)+`(?:, )?)+) \|", (DOCS / "problems.md").read_text(), re.MULTILINE)
    explained = {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}
    assert sorted(explained - raised_codes() - TYPES.keys()) == []


def test_every_type_of_problem_is_listed_with_its_status():
    page = (DOCS / "problems.md").read_text()
    assert [slug for slug, row in TYPES.items() if f"| {row.status} | `{slug}` |" not in page] == []


def test_every_fault_that_is_logged_is_explained():
    page = (DOCS / "reliability.md").read_text()
    events = set().union(*(codes_in(ast.parse(path.read_text()), {"report"}, 0) for path in SOURCES))
    assert sorted(event for event in events if f"| `{event}` |" not in page) == []


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────


def anchors(page):
    """The anchors of a page's headings, as code hosts make them."""
    content = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", content, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page):
    content = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", content):
        target, _, anchor = (link[0] or link[1]).partition("#")
        if target.startswith("https://"):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            lost.append(link)
    assert lost == []


def test_every_page_is_in_the_index():
    index = (DOCS / "README.md").read_text()
    pages = [path.relative_to(DOCS) for path in DOCS.rglob("*") if path.suffix in (".md", ".json")]
    assert [str(page) for page in pages if f"]({page})" not in index and page.name != "README.md"] == []


def tracked():
    """Every file of the repository, as git sees it: those that are ignored are left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_the_map_names_every_folder():
    shown = (ROOT / "README.md").read_text().split("## Where things are")[1]
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.parent != ROOT}
    packages = {f"shared/{path.parent.name}" for path in (ROOT / "shared").glob("*/__init__.py")}
    assert sorted(folder for folder in folders | packages if f"`{folder}/`" not in shown) == []


def test_the_browser_example_is_the_demo_page_s_own_source():
    (shown,) = re.findall(r"^```js\n(.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    page = (line.strip() for line in (ROOT / "examples/browser.html").read_text().splitlines())
    assert [line for line in shown.splitlines() if line.strip() not in page] == []  # `in` goes on: in the page's order


FORBIDDEN = re.compile(
    r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b"
    r"|\bissue #?\d|\b(?:this|previous|earlier|next) session\b|\bhelpers?\b"
    r"|(?<![\w.$}/])/(?:work|tmp|home|root|Users)/"
    r"|--(?:extra-)?index-url (?!\.)|\bpypi\.org/simple|files\.pythonhosted\.org"
)  # fmt: skip


def test_no_file_leaves_work_undone_or_speaks_of_somebody_s_machine():
    found = []
    for path in tracked():
        try:
            content = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{named(path)}: {match[0]}" for match in FORBIDDEN.finditer(content)]
    assert found == []
