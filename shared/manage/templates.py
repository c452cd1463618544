"""Templates: audiences to start from, each with the number of visitors that it holds for in a sample project.

The counts are stored with the templates, since what they count over never changes; a test counts again.
"""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.manage.authoring import lists_named
from shared.manage.bodies import Model
from shared.manage.calls import answered
from shared.manage.models import Instant, Rule
from shared.rules import reach
from shared.rules.catalogue import join
from shared.rules.compiler import compile_rule
from shared.rules.parser import parse
from shared.rules.sentence import sentence
from shared.visitors.needs import LISTS_PATH

PATH = Path(__file__).with_name("templates.json")

router = Router()


class SampleCount(Model):
    """How many visitors of a sample project it holds for, as of an instant."""

    sample: str
    count: int
    visitors: int
    as_of: Instant


class TemplateAnswer(Model):
    """An audience to start from; its rule can be saved as it is.

    attributes, lists: what it asks of a visitor, and the id lists that have to be there before it is saved.
    membership, contextual: as with audiences. sample: null where no profile of a sample project holds what it asks.
    """

    key: str
    name: str
    description: str
    rule: Rule
    sentence: str
    attributes: list[str]
    lists: list[str]
    membership: reach.Membership
    contextual: list[str]
    sample: SampleCount | None


class TemplatePage(Model):
    """Every template, those about customers first."""

    items: list[TemplateAnswer]
    next_cursor: None = None


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sample project (the folder of this name in `samples/`): how many visitors it has, and when to ask."""

    visitors: int
    as_of: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template as it is stored. count: how many visitors of `sample` it holds for; both or neither are there."""

    key: str
    name: str
    description: str
    rule: dict[str, Any]
    sample: str | None = None
    count: int | None = None


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of templates."""

    samples: dict[str, Sample]
    templates: tuple[Template, ...]


@router.get("/v1/templates", summary="List templates", tags=["rules"])
def list_templates() -> Response[TemplatePage]:
    """Audiences to start from: copy a rule, change its values, and save it as an audience."""
    return answered(TemplatePage(items=list(_described())))


def stored() -> Stored:
    """The templates and the sample projects that they are counted on."""
    return msgspec.json.decode(PATH.read_bytes(), type=Stored)


@cache
def _described() -> tuple[TemplateAnswer, ...]:
    found = stored()
    return tuple(_answer(template, found.samples) for template in found.templates)


def _answer(template: Template, samples: dict[str, Sample]) -> TemplateAnswer:
    node, problems = parse(template.rule)
    if node is None:
        raise ValueError(f"template `{template.key}` cannot be read: {problems[0].detail}")
    program = compile_rule(node)
    found = reach.reach(program, {})
    return TemplateAnswer(
        key=template.key,
        name=template.name,
        description=template.description,
        rule=template.rule,
        sentence=sentence(node),
        attributes=sorted(join(path) for path in program.paths if path and path != LISTS_PATH),
        lists=sorted(set(lists_named(node))),
        membership=found.membership,
        contextual=[join(path) for path in found.contextual],
        sample=_count(template, samples),
    )


def _count(template: Template, samples: dict[str, Sample]) -> SampleCount | None:
    if template.sample is None or template.count is None:
        return None
    sample = samples[template.sample]
    return SampleCount(sample=template.sample, count=template.count, visitors=sample.visitors, as_of=sample.as_of)
