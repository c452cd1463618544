"""What audiences look like on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.manage.bodies import Body, Model
from shared.manage.models import Description, Id, Instant, Key, Name, ProblemAnswer, Rule, Tag
from shared.rules.limits import MAX_OVERRIDES
from shared.rules.reach import Membership

MAX_BULK = 500

Ids = Annotated[
    list[Id],
    Field(
        max_length=MAX_OVERRIDES,
        default_factory=list,
        description="Ids of visitors (`visitor.id`, else `visitor.anonymous_id`) that override the rule.",
    ),
]
Problems = Annotated[list[ProblemAnswer], Field(default_factory=list)]
Status = Literal["draft", "live", "archived"]
Microseconds = Annotated[
    float,
    Field(description="What one evaluation can take at worst, where a release holds this audience alone."),
]
Warnings = Annotated[
    list[ProblemAnswer],
    Field(default_factory=list, description="What the linter says; nothing of it keeps the audience from being saved."),
]
Compared = Annotated[int, Field(description="With how many other audiences the linter compared it.")]
Complete = Annotated[
    bool,
    Field(description="Whether the linter looked at everything; what it says is proven in any case."),
]


class AudienceFields(Model):
    """What an author writes of an audience."""

    name: Name
    description: Description = ""
    tags: Annotated[list[Tag], Field(max_length=20, default_factory=list)]
    public: Annotated[bool, Field(description="Whether browsers may learn that a visitor is in it.")] = False
    rule: Rule
    include: Ids
    exclude: Ids


class NewAudience(AudienceFields):
    """An audience with its key, which never changes."""

    key: Key


class ReplacedAudience(AudienceFields):
    """The next version of an audience; `key`, where given, is the one in the address."""

    key: Key | None = None


class BulkAudiences(Model):
    """Audiences to create or replace, whatever is there; one with problems does not keep the others back."""

    items: Annotated[list[Body[NewAudience]], Field(min_length=1, max_length=MAX_BULK)]


class AudienceAnswer(Model):
    """An audience at its latest version; `live_in` tells the version that each environment serves.

    membership: `stored` where the profile decides it, else `contextual`. It and `cost` are null where an archived
    audience refers to one that is gone.
    """

    key: str
    name: str
    description: str
    tags: list[str]
    public: bool
    rule: Rule
    include: Ids
    exclude: Ids
    version: int
    status: Status
    sentence: str
    membership: Membership | None
    cost: Microseconds | None
    created_at: Instant
    updated_at: Instant
    updated_by: str
    live_in: dict[str, int]


class SavedAnswer(AudienceAnswer):
    """An audience just saved, with the linter's warnings."""

    warnings: Warnings
    compared: Compared
    complete: Complete


class AudiencePage(Model):
    """Some audiences in the order of their keys."""

    items: list[AudienceAnswer]
    next_cursor: str | None


class BulkResult(Model):
    """What became of one item: its status is the one that a call of its own would have had."""

    key: str | None
    status: int
    version: int | None = None
    detail: str | None = None
    problems: Problems


class BulkAnswer(Model):
    """The results, in the order of the items."""

    items: list[BulkResult]


class VersionAnswer(Model):
    """One saved version; it never changes."""

    key: str
    version: int
    name: str
    description: str
    tags: list[str]
    public: bool
    rule: Rule
    include: Ids
    exclude: Ids
    sentence: str
    created_at: Instant
    created_by: str


class VersionPage(Model):
    """Versions, newest first."""

    items: list[VersionAnswer]
    next_cursor: str | None


class FieldDifference(Model):
    """A field that differs between two versions."""

    field: str
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class RuleDifference(Model):
    """One place where two rules differ; `pointer` leads into the newer one, for what was removed into the older."""

    pointer: str
    change: Literal["added", "removed", "changed"]
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class Sentences(Model):
    """Both rules in words."""

    from_: Annotated[str, Field(alias="from")]
    to: str


class DiffAnswer(Model):
    """What differs between two versions of an audience."""

    key: str
    from_: Annotated[int, Field(alias="from")]
    to: int
    fields: list[FieldDifference]
    rule: list[RuleDifference]
    sentences: Sentences


class UsageAnswer(Model):
    """A version that refers to the audience: the latest one, or the one that `environment` serves."""

    kind: Literal["audience"] = "audience"
    key: str
    version: int
    environment: str | None


class UsagePage(Model):
    """Everything that refers to an audience."""

    items: list[UsageAnswer]
    next_cursor: None = None


class Candidate(Model):
    """A rule to be looked at; `key` is the audience that it is meant for, if there is one yet."""

    rule: Rule
    include: Ids
    exclude: Ids
    key: Key | None = None


class Cost(Model):
    """What a rule weighs, references inlined, and the attributes that it asks."""

    microseconds: Microseconds
    conditions: int
    depth: int
    attributes: list[str]
    references: list[str]


class ValidateAnswer(Model):
    """Whether a rule could be saved; all but the problems is there if it could.

    contextual: the attributes that the profile does not decide, which make the membership `contextual`.
    """

    valid: bool
    problems: list[ProblemAnswer]
    sentence: str | None = None
    cost: Cost | None = None
    membership: Membership | None = None
    contextual: list[str] | None = None
    warnings: Warnings
    compared: Compared | None = None
    complete: Complete | None = None
