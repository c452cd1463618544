"""react-querybuilder: its queries as the JsonLogic that its own `formatQuery` makes of them, run by json-logic-js.

A query has no meaning of its own: it means what one of its exports means. The arbiter here is
`formatQuery(query, "jsonlogic")` with the two operators that react-querybuilder registers (`startsWith`, `endsWith`).
The visitor is the object of data that the rule would be applied to. `extra`: `parseNumbers` as given to `formatQuery`
(absent, true or false), `attributes` and `kinds` as for JsonLogic.
"""

import msgspec

from shared.importers.jsonlogic import importer as jsonlogic
from shared.importers.keys import keys_of
from shared.importers.react_querybuilder import groups as react_querybuilder_groups
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused

FORMAT = "react-querybuilder"
DIALECTS = ("jsonlogic",)


def rule(value: Json, extra: Extra, dialect: str) -> Translation:  # noqa: ARG001  # there is one dialect
    """A query, `RuleGroupType` or `RuleGroupTypeIC`."""
    parse_numbers = extra.get("parseNumbers")
    if parse_numbers not in (None, True, False):
        hint = "the methods that look at a field's `inputType` cannot be followed"
        raise Refused([Problem("/extra/parseNumbers", "bad-value", "true or false is expected", hint)])
    query = react_querybuilder_groups.Query(parse_numbers)
    expression = query.expression(value)
    if query.problems:
        return Translation(None, problems=tuple(query.problems))
    found = jsonlogic.rule(expression, extra, jsonlogic.DIALECTS[0])
    return Translation(
        found.rule,
        (
            *query.guards,
            *(msgspec.structs.replace(each, pointer=query.source_of(each.pointer)) for each in found.guards),
        ),
        tuple(msgspec.structs.replace(each, pointer=query.source_of(each.pointer)) for each in found.problems),
        found.assumes,
    )


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:  # noqa: ARG001  # there is one dialect
    """The data that the exported rule is applied to."""
    return jsonlogic.visitor(value, extra, jsonlogic.DIALECTS[0])


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """Queries by name, as `{"name": query}`; react-querybuilder itself has no form for many."""
    if not isinstance(export, dict):
        raise Refused([Problem("", "wrong-type", "an object of queries by key is expected")])
    keys = keys_of(export)
    return [Named(key, name, rule(export[name], extra, dialect)) for key, name in zip(keys, export, strict=True)]
