"""Adapters: how an AWS type is created, read, updated and deleted, as data over boto3.

An adapter names the properties it knows and the calls that carry them; which property goes into which parameter
follows from the API's own model (see `shape`). In a parameter, `{bucket}` stands for a property, a part of the id, an
output, `id`, `account` or `region`; alone in its text it gives the value itself, and the parameter is left out where
there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from egov_infra.cloud.compare import Comparison, Difference, filled
from egov_infra.cloud.template import PLACEHOLDER
from egov_infra.plan.catalogue import aws_type

if TYPE_CHECKING:
    from egov_infra.cloud.handle import Handle

Inputs: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A boto3 call; parameters that share their name with a property or a part of the id need no mention."""

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""
    """The parameter that holds the properties, where they do not stand at the top: `A.B`, a map, or `A[]` for a list
    with one item."""
    at: str = ""
    """JMESPath of what matters in the answer; `{...}` as in parameters."""
    absent: tuple[str, ...] = ()
    """Error codes of a read that mean that these properties are not set."""
    is_paged: bool = False
    """Whether all pages of the answer are wanted."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call that sets some properties: on update, and on creation where the create call does not take them."""

    of: str
    """The properties, as words."""
    call: Call = Call("")
    off: Call | None = None
    """The call instead, where the first property is false or none is declared."""
    by: Callable[[Handle, Mapping[str, Any]], object] | None = None
    """A function in place of the calls, given the placeholders' values."""
    always: bool = False
    """Whether it runs on creation even if nothing is declared, with the defaults."""

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties it sets."""
        return tuple(self.of.split())


@dataclass(frozen=True, slots=True)
class Tags:
    """The calls that carry tags."""

    add: str = "tag_resource"
    """Empty where a step sets them."""
    remove: str = "untag_resource"
    """Empty where `add` takes all tags."""
    read: str = "list_tags_for_resource"
    """Empty where the main read gives the tags."""
    params: Mapping[str, Any] = field(default_factory=lambda: {"ResourceArn": "{arn}"})
    at: str = ""
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Members:
    """How everything of a type is found that belongs to one resource of another type, whoever made it."""

    of: str
    """The other type."""
    call: Call | None = None
    """Finds texts; its placeholders stand for what is live of the other resource. None where there can be one only."""
    id: str = "{item}"
    """The id: `{item}` stands for a text that was found."""
    items: Callable[[Any, Mapping[str, Any]], Iterable[str]] | None = None
    """Makes the texts of what the call found, given the placeholders' values, where it finds something else."""


@dataclass(frozen=True, slots=True)
class State:
    """What an adapter gives back: the provider's id, and everything known of the resource in snake_case."""

    id: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Diff:
    """Property names that changed, and those of them that demand a replacement."""

    changed: tuple[str, ...]
    replaces: tuple[str, ...]


@dataclass(frozen=True)
class Adapter:
    """One AWS type."""

    type: str
    service: str
    properties: str
    """The properties that the cloud keeps, as words."""
    id: str
    """The id: `{bucket}`, or `{zone_id}_{name}`; parts that are no property stand in the answer of `create`."""
    create: Call
    reads: tuple[Call, ...]
    """The first one says whether the resource is there; the answers are laid over each other."""
    delete: Call | None
    steps: tuple[Step, ...] = ()
    tags: Tags | None = None
    local: str = ""
    """Properties that steer the provider and are not in the cloud, as words."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Where properties stand in the API, where their name does not say."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """JMESPath of properties that stand elsewhere in answers than in parameters."""
    pointers: Mapping[str, str] = field(default_factory=dict)
    """JSON pointers of properties in updates that take patch operations, where the API's names do not say."""
    tails: str = ""
    """Properties that name a resource by an id of which the API takes what follows the last `/`, as words; nested ones
    by dotted path."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Output to a text with placeholders, or to its JMESPath in the answers."""
    documents: str = "policy assume_role_policy"
    """Properties that hold JSON, as words."""
    ordered: str = ""
    sets: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AWS takes where nothing is declared, by dotted path."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Properties that the rehearsal cloud does not give back, with the reason; audit says so."""
    replaces: str = ""
    """Properties whose change replaces the resource although a step sets them, as words."""
    gone: str = ""
    """JMESPath of the answer that is true where the resource only seems to be there."""
    missing: tuple[str, ...] = ()
    """Further error codes that mean that the resource is not there."""
    stays: str = ""
    """Why deleting the resource leaves something that still reads back; empty where nothing is left."""
    listing: Call | None = None
    """Gives the ids of all resources of the type, where an id does not follow from the inputs."""
    members: tuple[Members, ...] = ()
    """Types to whose resources those of this type belong."""
    home: str = ""
    """The region in which a global service lives."""
    derive: Callable[[Inputs], Mapping[str, Any]] | None = None
    """Further values for placeholders."""
    decode: Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] | None = None
    """Corrects an answer, given the placeholders' values; doing so twice changes nothing more."""
    encode: Callable[[str, dict[str, Any], Mapping[str, Any]], None] | None = None
    """Completes the parameters of an operation in place, given the placeholders' values."""
    before_delete: Callable[[Handle, str, Inputs], Mapping[str, Any] | None] | None = None
    """Removes what must go before the resource can; may give new values for placeholders."""
    waiter: str = ""
    """boto3 waiter that ends when the resource can be used; 5 minutes at most."""
    is_single: bool = False
    """Whether there can be one only, though the id does not follow from the inputs."""

    @cached_property
    def readable(self) -> tuple[str, ...]:
        """Properties that the cloud keeps."""
        return tuple(self.properties.split())

    @cached_property
    def known(self) -> frozenset[str]:
        """Properties that the adapter handles."""
        return frozenset((*self.readable, *self.local.split(), "region"))

    @cached_property
    def id_parts(self) -> tuple[str, ...]:
        """The names of the parts of the id."""
        return tuple(PLACEHOLDER.findall(self.id))

    @cached_property
    def settable(self) -> frozenset[str]:
        """Properties that can be changed in place."""
        found = {name for step in self.steps for name in step.properties} | set(self.local.split())
        found |= {"tags"} if self.tags else set()
        return frozenset(found - set(self.replaces.split()) - set(self.id_parts))

    @property
    def is_named(self) -> bool:
        """Whether the id follows from the inputs."""
        return set(self.id_parts) <= {*self.readable, "account", "region"}

    @property
    def delete_first(self) -> bool:
        """Whether a replacement deletes before it creates, since the name can exist once only."""
        return self.is_named or self.is_single

    @cached_property
    def comparison(self) -> Comparison:
        """How declared and live values compare."""
        return Comparison(
            frozenset(self.documents.split()),
            frozenset(self.ordered.split()),
            frozenset(self.sets.split()),
            self.defaults,
            frozenset(self.unread),
            frozenset(self.tails.split()),
        )

    @cached_property
    def _id_pattern(self) -> re.Pattern[str]:
        """The first part ends at its first separator, the others as late as they can."""
        pattern = re.escape(self.id).replace("\\{", "{").replace("\\}", "}")
        for number, part in enumerate(self.id_parts):
            pattern = pattern.replace(f"{{{part}}}", f"(?P<{part}>.+{'' if number else '?'})")
        return re.compile(pattern, re.DOTALL)

    def parse_id(self, identifier: str) -> dict[str, str] | None:
        """The parts of an id; None if it is no id of this type."""
        found = self._id_pattern.fullmatch(identifier)
        return found.groupdict() if found else None

    def kind(self, name: str) -> str:
        """The catalogue kind of a property."""
        return aws_type(self.type).inputs[name].kind

    def difference(self, old: Inputs, new: Inputs) -> Diff:
        """What changed between two sets of inputs."""
        names = sorted((old.keys() | new.keys()) - {"region"})
        is_same = self.comparison.is_same
        changed = tuple(name for name in names if not is_same(name, old.get(name), new.get(name)))
        return Diff(changed, tuple(name for name in changed if name not in self.settable))

    def compare(
        self, declared: Inputs, live: Inputs, unknown: frozenset[str] = frozenset()
    ) -> Iterator[Difference]:
        """The differences between declared properties, known defaults, and what `read` gave.

        `unknown` names properties that are declared with a value that nobody knows: nothing is said of them.
        """
        for name in sorted(set(self.readable) - self.unread.keys() - unknown):
            if declared.get(name) is None and name not in self.defaults and name != "tags":
                continue
            yield from self.comparison.differences(self.kind(name), name, declared.get(name), live.get(name))

    def with_unread(self, declared: Inputs, live: Inputs) -> dict[str, Any]:
        """Live properties, with what the cloud does not give back as declared."""
        found: Any = dict(live)
        for path in self.unread:
            found = filled(found, declared, path.split("."))
        return dict(found)
