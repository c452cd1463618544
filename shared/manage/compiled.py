"""Audiences as programs: what they cost, whether the profile decides them, and what the linter says."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from shared.manage.authoring import KnownRules, Overrides
from shared.manage.calls import Call
from shared.manage.models import ProblemAnswer
from shared.rules import cost, reach
from shared.rules.catalogue import Catalogue, join
from shared.rules.compiler import compile_rule
from shared.rules.lint import linter, unseen
from shared.rules.model import Node
from shared.rules.program import Program
from shared.rules.sightings import Sightings
from shared.store import audiences, sightings
from shared.store.audiences import AudienceVersion
from shared.store.publish import program_of

MAX_COMPARED = 1_000
"""With so many audiences one is compared, the first by key: as many as one read holds, and about 0.2 s of work."""


class Standing(msgspec.Struct, frozen=True):
    """cost: microseconds of one evaluation at worst. contextual: the attributes that make the membership so."""

    cost: float
    membership: reach.Membership
    contextual: tuple[str, ...]


class Programs(Mapping[str, Program]):
    """The programs of a project's latest audiences by key, archived ones left out, each read when first asked for."""

    def __init__(self, known: KnownRules) -> None:
        self._known = known
        self._programs: dict[str, Program] = {}

    def add(self, key: str, program: Program) -> None:
        """Use this program for an audience, saved or not."""
        self._programs[key] = program

    def __getitem__(self, key: str) -> Program:
        if key not in self._programs:
            self._programs[key] = compile_rule(self._known[key])
        return self._programs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._programs)  # of those read so far, as with the rules

    def __len__(self) -> int:
        return len(self._programs)


def standing(key: str, programs: Programs) -> Standing | None:
    """How an audience stands, None where something that it refers to is gone, as may be with an archived one."""
    try:
        found = reach.reach(programs[key], programs)
        microseconds = cost.of_audience(programs[key], programs).total
    except KeyError:
        return None
    return Standing(round(microseconds, 1), found.membership, tuple(map(join, found.contextual)))


def saved_standing(version: AudienceVersion, programs: Programs) -> Standing | None:
    """How a saved version stands among the latest versions of the others."""
    programs.add(version.key, program_of(version))
    return standing(version.key, programs)


def lint(
    call: Call,
    key: str,
    rule: Node,
    overrides: Overrides,
    programs: Programs,
    catalogue: Catalogue,
    environment: str | None = None,
) -> linter.Findings:
    """The warnings about an audience that has no problems; `key` is any unused one where it has none yet.

    Audiences that it names, or that name it, are left out of the comparison. environment: the one that it is meant
    for; None: every one that the caller's key names.
    """
    programs.add(key, compile_rule(overrides.over(rule)))
    named = {key, *programs[key].references}
    read = [*islice(audiences.every(call.database, call.project, at_a_time=MAX_COMPARED + 1), MAX_COMPARED + 1)]
    others = []
    for audience in read[:MAX_COMPARED]:
        latest = audience.latest
        if not audience.archived and latest.key not in named and key not in latest.references:
            programs.add(latest.key, program_of(latest))
            others.append(latest.key)
    candidate = linter.Candidate(rule, overrides.include, overrides.exclude)
    seen = _sightings(call, rule, call.caller.environments if environment is None else (environment,))
    found = linter.lint(candidate, programs, others, catalogue, sightings=seen)
    return msgspec.structs.replace(found, is_complete=found.is_complete and len(read) <= MAX_COMPARED)


def _sightings(call: Call, rule: Node, environments: Iterable[str]) -> Mapping[str, Sightings]:
    """Those of all these environments; none where one has none, or where the rule names no traits."""
    if not any(unseen.traits(rule, "")):
        return {}
    wanted = set(environments)
    found = sightings.read(call.database, call.project, wanted)
    return found if len(found) == len(wanted) else {}


def told(found: linter.Findings) -> dict[str, Any]:
    """What answers say of a linter's findings, by field."""
    warnings = [ProblemAnswer.model_validate(msgspec.structs.asdict(warning)) for warning in found.warnings]
    return {"warnings": warnings, "compared": found.compared, "complete": found.is_complete}
