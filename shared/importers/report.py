"""What becomes of a whole export: every audience imported, imported with a guard, or refused, and why."""

from collections.abc import Mapping

import msgspec

from shared.importers.checking import nodes_of
from shared.importers.fitting import fitted
from shared.importers.registry import Importer
from shared.importers.translation import Extra, Guard, Json, Named, spelled
from shared.rules.catalogue import Catalogue
from shared.rules.problems import Problem, Refused
from shared.rules.sentence import sentence

IMPORTED, GUARDED, REFUSED = "imported", "guarded", "refused"


class Item(msgspec.Struct, frozen=True):
    """One audience of the export.

    outcome: `imported`, `guarded` (imported with guards or an assumption) or `refused`. rule, sentence: None where it
    is refused. assumes: the sentence of what holds of the visitors on whom both systems agree, None where of all.
    """

    key: str
    name: str
    outcome: str
    rule: dict[str, Json] | None
    sentence: str | None
    assumes: str | None
    guards: tuple[Guard, ...]
    problems: tuple[Problem, ...]


class Report(msgspec.Struct, frozen=True):
    """Of a whole export; counts: by outcome."""

    format: str
    dialect: str
    counts: Mapping[str, int]
    items: tuple[Item, ...]


def report(source: Importer, dialect: str, export: Json, extra: Extra, catalogue: Catalogue) -> Report:
    """The report on an export for a project with this catalogue.

    Raises `Refused` where the export cannot be read, or `extra`, with pointers below `/document` and `/extra`.
    """
    try:
        named = source.audiences(export, spelled(extra), dialect)
    except Refused as refused:
        raise Refused(_placed(problem) for problem in refused.problems) from None
    items = tuple(_item(each, catalogue) for each in named)
    counts = {outcome: sum(item.outcome == outcome for item in items) for outcome in (IMPORTED, GUARDED, REFUSED)}
    return Report(source.FORMAT, dialect, counts, items)


def _item(named: Named, catalogue: Catalogue) -> Item:
    translation = fitted(named.translation, catalogue)
    try:
        node, assumed = nodes_of(translation, catalogue)
    except Refused as refused:
        return Item(named.key, named.name, REFUSED, None, None, None, translation.guards, refused.problems)
    assumes = None if assumed is None else sentence(assumed)
    outcome = GUARDED if translation.guards or assumes else IMPORTED
    return Item(
        named.key,
        named.name,
        outcome,
        translation.rule,
        sentence(node),
        assumes,
        translation.guards,
        translation.problems,
    )


def _placed(problem: Problem) -> Problem:
    """With the pointer from the export's own to one that begins where the export is sent."""
    if problem.pointer.startswith("/extra"):
        return problem
    return msgspec.structs.replace(problem, pointer=f"/document{problem.pointer}")
