"""What explain takes and answers."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.manage.bodies import Model
from shared.manage.models import Instant, Key, Rule

Root = dict[str, Any] | None


class Question(Model):
    """A saved audience or a rule, and a visitor: any roots of the visitor document, as evaluate takes them."""

    audience: Key | None = None
    rule: Rule = None
    visitor: Root = None
    traits: Root = None
    groups: Root = None
    page: Root = None
    utm: Root = None
    device: Root = None
    geo: Root = None
    locale: Root = None
    request: Root = None
    lists: Annotated[
        list[str] | None, Field(description="Keys of lists that hold the visitor, in place of the stored ones.")
    ] = None


class SeenAnswer(Model):
    """What the visitor has at an attribute."""

    attribute: str
    kind: str
    value: Any = None


class WitnessAnswer(Model):
    """What a condition asked, what it saw, and what followed."""

    asked: str
    seen: SeenAnswer
    reason: Literal["holds", "fails", "missing", "wrong-kind"]
    other: SeenAnswer | None = None
    bucket: Annotated[float | None, Field(description="Of a rollout: where the visitor stands, in percent.")] = None


class NodeAnswer(Model):
    """One node of the rule; an `audience` holds the rule that it refers to."""

    node: Literal["all", "any", "not", "condition", "list", "rollout", "schedule", "audience", "include", "exclude"]
    holds: bool
    pointer: str
    items: list["NodeAnswer"] = Field(default_factory=list)
    audience: str | None = None
    witness: WitnessAnswer | None = None
    element: Annotated[int | None, Field(description="The place of the element that is told of in its list.")] = None


class StepAnswer(Model):
    """One attribute of a change; `pointer` is of a condition that asks for it, in the rule of `audience`."""

    pointer: str
    attribute: str
    from_: Annotated[Any, Field(alias="from", description="What it is, null where it is unknown.")] = None
    to: Annotated[Any, Field(description="A value that does it, null for unknown; of a place, `lat` and `lon`.")] = None
    words: str
    audience: str | None = None


class ChangeAnswer(Model):
    """What would make the answer the opposite: all of the steps, at `at` or, where that is null, at once."""

    words: str
    holds_then: bool
    at: Instant | None = None
    steps: list[StepAnswer] = Field(default_factory=list)


class ExplainAnswer(Model):
    """Whether the rule holds at `evaluated_at`, and why; `version` is that of a saved audience."""

    holds: bool
    sentence: str
    audience: str | None
    version: int | None
    environment: str
    evaluated_at: Instant
    sentences: Annotated[list[str], Field(description="The explanation in words, a line for each of its nodes.")]
    nearest: Annotated[
        list[ChangeAnswer], Field(description="Up to three changes, the nearest first, each tried. May miss one.")
    ]
    explanation: NodeAnswer
