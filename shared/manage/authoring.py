"""Rules on their way in: read, checked against what the project knows, and made ready to be saved."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import islice

import msgspec

from shared.manage.models import is_key
from shared.rules import inlining, program
from shared.rules.catalogue import Catalogue
from shared.rules.checker import check, leaves
from shared.rules.compiler import compile_rule
from shared.rules.model import Condition, Listed, Node, Reference
from shared.rules.overrides import overridden
from shared.rules.parser import parse, sketch, to_json
from shared.rules.problems import Problem
from shared.rules.sentence import sentence
from shared.store import audiences, environments, generations
from shared.store.audiences import AudienceVersion, Content
from shared.store.database import Database
from shared.store.errors import NotFound

MAX_HINTS = 5  # a "did you mean" compares with every key, 0.3 ms each
MAX_HINTED = 500


class Overrides(msgspec.Struct, frozen=True):
    """Ids that are in an audience, and ids that are not, whatever its rule says."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def over(self, node: Node) -> Node:
        """What an audience with this rule means."""
        return overridden(node, self.include, self.exclude)

    def told(self, sentence: str) -> str:
        """The sentence of a rule with these after it: "`plan` is `pro`, always 3 ids, never 1 id"."""
        counts = (("always", len(self.include)), ("never", len(self.exclude)))
        notes = [f"{word} {count} id{'' if count == 1 else 's'}" for word, count in counts if count]
        return ", ".join((sentence, *notes))


NO_OVERRIDES = Overrides()


class KnownRules(Mapping[str, Node]):
    """What the audiences of a project mean, by key, archived ones left out, each read when first asked for.

    drafts: rules that are being saved in the same call, which stand in place of the saved ones. Iterating
    gives the first keys only, and a few times only: enough to hint at the nearest of an unknown key.
    """

    def __init__(self, database: Database, project: str, drafts: Mapping[str, Node] | None = None) -> None:
        self._database = database
        self._project = project
        self._read: dict[str, Node | None] = dict(drafts or {})
        self._hints_left = MAX_HINTS

    def __getitem__(self, key: str) -> Node:
        if key not in self._read:
            audience = audiences.find(self._database, self._project, key) if is_key(key) else None
            self._read[key] = rule_of(audience.latest) if audience and not audience.archived else None
        node = self._read[key]
        if node is None:
            raise KeyError(key)
        return node

    def __iter__(self) -> Iterator[str]:
        # only hints ask for this; they are a courtesy that must not cost seconds
        if self._hints_left == 0:
            return iter(())
        self._hints_left -= 1
        drafts = [key for key, node in self._read.items() if node is not None]
        saved = islice(audiences.every(self._database, self._project), MAX_HINTED)
        return iter({*drafts, *(audience.latest.key for audience in saved if not audience.archived)})

    def __len__(self) -> int:
        return len(self._read)  # of those read so far: nobody counts, and to count would be to read all

    @cached_property
    def lists(self) -> Collection[str]:
        """The keys of the id lists that some environment of the project has."""
        names = [environment.key for environment in environments.every(self._database, self._project)]
        return generations.list_keys(self._database, self._project, names)


class Authored(msgspec.Struct, frozen=True):
    """A rule as read, and what is wrong with it; `node` is whole only where nothing is."""

    node: Node
    problems: tuple[Problem, ...]


def read_rule(
    value: object,
    catalogue: Catalogue,
    known: KnownRules,
    key: str | None = None,
    pointer: str = "/rule",
    overrides: Overrides = NO_OVERRIDES,
) -> Authored:
    """The rule given as decoded JSON, with every problem of its form and of its meaning."""
    node, problems = sketch(value, pointer)
    lists = known.lists if any(lists_named(node)) else None
    problems = [*problems, *check(node, catalogue, known, key, pointer, lists)]
    codes = {problem.code for problem in problems}
    whole = inlining.problems(overrides.over(node), (), known, key, pointer)
    return Authored(node, (*problems, *(problem for problem in whole if problem.code not in codes)))


def rule_of(version: AudienceVersion) -> Node:
    """The tree of what a saved version means: its rule, with the ids that override it."""
    node, problems = parse(msgspec.json.decode(version.rule_json))
    if node is None:
        raise ValueError(f"version {version.version} of `{version.key}` cannot be read: {problems[0].detail}")
    return overridden(node, version.include, version.exclude)


def content(
    key: str,
    name: str,
    description: str,
    tags: list[str],
    node: Node,
    *,
    public: bool,
    overrides: Overrides = NO_OVERRIDES,
) -> Content:
    """What is saved of an audience whose rule has no problems."""
    compiled = compile_rule(overrides.over(node))
    return Content(
        key=key,
        name=name,
        description=description,
        tags=tuple(tags),
        public=public,
        rule_json=msgspec.json.encode(to_json(node)),
        program=program.encode(compiled),
        references=tuple(sorted(set(references(node)))),
        sentence=overrides.told(sentence(node)),
        include=overrides.include,
        exclude=overrides.exclude,
        lists=tuple(sorted(set(lists_named(node)))),
    )


def lists_named(node: Node) -> Iterator[str]:
    """The keys of the id lists that a rule names, as often as it names them; references are not followed."""
    return (leaf.list for leaf, _ in leaves(node, "") if isinstance(leaf, Listed))


def references(node: Node) -> Iterator[str]:
    """The keys of the audiences that a rule names, as often as it names them."""
    return (leaf.audience for leaf, _ in leaves(node, "") if isinstance(leaf, Reference))


def referred(node: Node, known: Mapping[str, Node]) -> dict[str, Node]:
    """The rules that a rule refers to, directly or through others, by key; raises `NotFound` where one is gone."""
    found: dict[str, Node] = {}
    waiting = list(references(node))
    while waiting:
        key = waiting.pop()
        if key not in found:
            rule = known.get(key)
            if rule is None:
                raise NotFound(f"audience `{key}`, which the rule refers to, is gone")
            found[key] = rule
            waiting += references(rule)
    return found


def conditions(node: Node) -> Iterator[Condition]:
    """Every condition of a rule, in its order, references not followed."""
    return (leaf for leaf, _ in leaves(node, "") if isinstance(leaf, Condition))
