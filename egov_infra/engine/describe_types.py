"""Write `plan/aws_types.json`, the catalogue of AWS types, from pulumi_aws.

    python -m egov_infra.engine.describe_types            # the types already listed
    python -m egov_infra.engine.describe_types s3.Bucket  # and these

A kind is written in few letters, so that the catalogue loads fast: `s` text, `b` boolean, `i` integer, `n` number,
`j` anything, `[k` a list of k, `{k` a map with free keys, `@service.Name` a nested object. `!` in front: required.
"""

from __future__ import annotations

import collections.abc
import importlib
import json
import re
import sys
import types
import typing
from collections.abc import Iterable
from typing import Any

import pulumi_aws

from egov_infra.plan.catalogue import CATALOGUE_FILE, camel

_SCALARS = {str: "s", bool: "b", int: "i", float: "n"}
_REPLACES = re.compile(
    r"forces? (a )?(new resource|replacement)|creates? a new resource|changing this.*new", re.IGNORECASE
)


class _Describer:
    def __init__(self) -> None:
        self.objects: dict[str, dict[str, str]] = {}

    def kind(self, annotation: Any, service: str) -> str:
        """The kind of an input property from its annotation, a union of many spellings of one type."""
        for member in _members(annotation):
            if member in _SCALARS:
                return _SCALARS[member]
            origin = typing.get_origin(member)
            if origin is collections.abc.Sequence:
                return "[" + self.kind(typing.get_args(member)[0], service)
            if origin is collections.abc.Mapping:
                return "{" + self.kind(typing.get_args(member)[1], service)
        for member in _members(annotation):
            if isinstance(member, typing.ForwardRef) and member.__forward_arg__.endswith("Args"):
                return "@" + self._nested(member.__forward_arg__.removeprefix("_"), service)
        return "j"

    def _nested(self, reference: str, service: str) -> str:
        owner, _, name = reference.rpartition(".")
        owner = owner.split(".")[0] or service
        key = f"{owner}.{name.removesuffix('Args')}"
        if key not in self.objects:
            self.objects[key] = {}
            inputs = importlib.import_module(f"pulumi_aws.{owner}._inputs")
            self.objects[key] = self.properties(getattr(inputs, name), owner)
        return key

    def properties(self, cls: type, service: str) -> dict[str, str]:
        """Name to kind; `kind=wireName` where the camelCase name is not the regular one."""
        found = {}
        for name, member in vars(cls).items():
            if not isinstance(member, property) or member.fget is None:
                continue
            wire = getattr(member.fget, "_pulumi_name", name)
            annotation = member.fget.__annotations__["return"]
            required = type(None) not in typing.get_args(annotation)
            kind = ("!" if required else "") + self.kind(annotation, service)
            found[name] = kind if wire == camel(name) else f"{kind}={wire}"
        return dict(sorted(found.items()))


def _members(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _resource_class(name: str) -> type:
    service, _, cls = name.rpartition(".")
    resource: type = getattr(importlib.import_module(f"pulumi_aws.{service}"), cls)
    return resource


def describe(names: Iterable[str]) -> str:
    """The catalogue, as the text of its file, of the types named like `s3.Bucket`."""
    describer = _Describer()
    described = {}
    for name in sorted(names):
        resource: Any = _resource_class(name)
        service = name.rpartition(".")[0]
        module = importlib.import_module(resource.__module__)
        # where a nested type has the plain name, the resource's own arguments are called InitArgs
        suffix = "InitArgs" if hasattr(module, f"{resource.__name__}InitArgs") else "Args"
        args = getattr(module, resource.__name__ + suffix)
        inputs = describer.properties(args, service)
        described[name] = {
            "token": resource.pulumi_type,
            "inputs": inputs,
            "outputs": sorted(key for key, member in vars(resource).items() if isinstance(member, property)),
            "replaces": sorted(key for key in inputs if _REPLACES.search(getattr(args, key).__doc__ or "")),
        }
    catalogue = {
        "pulumi_aws": importlib.metadata.version("pulumi-aws"),
        "types": described,
        "objects": dict(sorted(describer.objects.items())),
    }
    return _layout(catalogue)


def _layout(catalogue: dict[str, Any]) -> str:
    """JSON with a line for each type and object, so that a change of one is a change of one line."""

    def block(entries: dict[str, Any]) -> str:
        lines = (
            f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in entries.items()
        )
        return "{\n" + ",\n".join(lines) + "\n}"

    parts = [f'"pulumi_aws":{json.dumps(catalogue["pulumi_aws"])}']
    parts += [f'"{part}":{block(catalogue[part])}' for part in ("types", "objects")]
    return "{" + ",\n".join(parts) + "}\n"


def listed() -> set[str]:
    """The types that the committed catalogue holds."""
    if not CATALOGUE_FILE.exists():
        return set()
    return set(json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))["types"])


if __name__ == "__main__":
    assert pulumi_aws
    CATALOGUE_FILE.write_text(describe(listed() | set(sys.argv[1:])), encoding="utf-8")
