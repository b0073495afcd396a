"""Sketch a rule: a file with examples that hold at once, for its author to change sentence by sentence."""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from egov_infra.policy.example import Baseline, ExampleError
from egov_infra.policy.load import DOMAINS, parse_rule, rule_files
from egov_infra.policy.locate import refuse_bundled
from egov_infra.policy.readable import Field, fields_of
from egov_infra.policy.rule_file import RULE_ID
from egov_infra.policy.subject import Kind
from egov_infra.policy.trial import try_examples
from egov_infra.policy.withdrawn import load_withdrawn
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

_ARGUMENTS = Place("<arguments>")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z][A-Za-z._ ]*[A-Za-z._]")
"""Texts that YAML reads as they are, without quotes."""
_LASTING = ("days", "years", "bits")
"""Units of numbers of which a rule mostly asks for more."""
_NAMING = ("account", "address", "host", "key", "name", "number", "path", "text", "type")
"""Fields that say which subject it is: rules seldom ask anything of them."""


class SketchError(Exception):
    """Nothing can be asked of such a subject without knowing more: the compliant institution has none."""


@frozen
class _Idea:
    """What a rule might ask: the parts of its file that depend on the field."""

    title: str
    parameters: Mapping[str, Any]
    must: Any
    """A condition, or an expression."""
    message: str
    fix: str
    fail: Mapping[str, Any]


def new_file(folder: pathlib.Path, rule_id: str) -> pathlib.Path:
    """Where a new rule belongs. Raises InputError if its id is none, or taken, or the folder is not the user's own."""
    domain, _, name = rule_id.partition("-")
    path = folder / domain / f"{name}.yaml"
    fault = None
    if not re.fullmatch(RULE_ID, rule_id):
        fault = Diagnostic(_ARGUMENTS, "rule-id", f"{rule_id!r} is no id: <domain>-<what-is-wrong>")
    elif domain not in DOMAINS:
        message = f"no domain {domain!r}; there are {', '.join(DOMAINS)}"
        fault = Diagnostic(_ARGUMENTS, "rule-domain", message, closest(domain, DOMAINS))
    if fault is not None:
        raise InputError([fault])
    refuse_bundled(folder)
    gone = load_withdrawn(folder, rule_files(folder))
    if rule_id in gone:
        message = f"{gone[rule_id]}: an id is never used again"
        raise InputError([Diagnostic(_ARGUMENTS, "rule-withdrawn", message)])
    if path.exists():
        message = f"rule {rule_id!r} is there already"
        raise InputError([Diagnostic(Place(str(path)), "rule-exists", message)])
    return path


def sketch(rule_id: str, kind: Kind, severity: str, baseline: Baseline) -> str:
    """The text of a rule's file whose examples hold. Raises SketchError."""
    subjects = _subjects(rule_id, kind, severity, baseline)
    for idea in _ideas(kind, subjects):
        text = _write(rule_id, kind, severity, idea)
        rule = parse_rule(text.encode(), f"{rule_id}.yaml", rule_id)
        if all(trial.holds for trial in try_examples(rule, baseline)):
            return text
    raise SketchError(f"the compliant institution has no {kind.name} of which anything could be asked")


def _subjects(rule_id: str, kind: Kind, severity: str, baseline: Baseline) -> Sequence[Any]:
    """The subjects of the kind in the baseline, as rules see them."""
    plain = _Idea("This is a sketch", {}, "true", "this is a sketch", "this is a sketch", {})
    rule = parse_rule(_write(rule_id, kind, severity, plain).encode(), f"{rule_id}.yaml", rule_id)
    try:
        return [case.variables[0] for case in baseline.cases(rule, {})]
    except ExampleError:
        return ()


def _ideas(kind: Kind, subjects: Sequence[Any]) -> Iterator[_Idea]:
    """What might be asked, the likeliest first."""
    rated: list[tuple[int, _Idea]] = []
    for field in fields_of(kind):
        root, _, name = field.path.partition(".")
        values = (
            [_value(subject, name) for subject in subjects] if root == "subject" and "." not in name else []
        )
        if values and None not in values:
            rated.append(_idea(kind, field, name, values))
    yield from (idea for _, idea in sorted(rated, key=itemgetter(0)))


def _idea(kind: Kind, field: Field, name: str, values: Sequence[Any]) -> tuple[int, _Idea]:
    """How far from likely, and what might be asked of a field that has these values now."""
    noun, says = _noun(kind), f"{name} is {{{field.path}}}"
    match values[0]:
        case bool(value) if _is_patched(kind):
            return 0, _Idea(
                f"{noun}: {name} is set wrongly",
                {},
                {"field": field.path, "equals": value},
                f"{says}, the opposite is expected",
                f"set {name} to {_flow(value)}",
                {name: not value},
            )
        case bool(value):
            wanted = f"wanted_{name}"
            return 5, _Idea(
                f"{noun}: {name} is not as asked",
                _parameter(wanted, f"What {name} is to be.", "boolean", value),
                {"field": field.path, "equals": f"parameters.{wanted}"},
                f"{says}, {{parameters.{wanted}}} is asked",
                f"see to it that {name} is {{parameters.{wanted}}}",
                {"parameters": {wanted: not value}},
            )
        case int():
            least = f"min_{name}"
            return 1 if field.unit in _LASTING else 4, _Idea(
                f"{noun}: {name} is too low",
                _parameter(least, f"The least that {name} may be.", "integer", min(values)),
                {"field": field.path, "min": f"parameters.{least}"},
                f"{says}, at least {{parameters.{least}}} is asked",
                f"raise {name} to at least {{parameters.{least}}}",
                {"parameters": {least: max(values) + 1}},
            )
        case str():
            accepted, items = f"accepted_{name}", {"type": "string"}
            other = next((word for word in field.choices if word not in values), "another")
            return 6 if name in _NAMING else 2 if field.choices else 3, _Idea(
                f"{noun}: {name} is not accepted",
                _parameter(accepted, f"All that {name} may be.", "array", sorted(set(values)), items=items),
                {"field": field.path, "in": f"parameters.{accepted}"},
                f"{says}, accepted is {{parameters.{accepted}}}",
                f"set {name} to one of {{parameters.{accepted}}}",
                {"parameters": {accepted: [other]}},
            )
        case _:
            most = f"max_{name}"
            return 7, _Idea(
                f"{noun}: {name} are too many",
                _parameter(most, f"The most that there may be of {name}.", "integer", max(map(len, values))),
                f"size({field.path}) <= parameters.{most}",
                f"{name} are {{{field.path}}}, at most {{parameters.{most}}} may be there",
                f"leave at most {{parameters.{most}}} of {name}",
                {"parameters": {most: -1}},
            )


def _parameter(name: str, description: str, kind: str, default: Any, **more: Any) -> Mapping[str, Any]:
    return {name: {"description": description, "type": kind, **more, "default": default}}


def _write(rule_id: str, kind: Kind, severity: str, idea: _Idea) -> str:
    must = f"must: {_flow(idea.must)}" if not isinstance(idea.must, str) else f"must: |\n  {idea.must}"
    declared = [f"  {name}: {_flow(one)}" for name, one in idea.parameters.items()]
    return "\n".join(
        [
            f"id: {rule_id}",
            f"title: {_flow(idea.title)}",
            f"severity: {severity}",
            f"applies_to: {kind.name}",
            *(["parameters:", *declared] if declared else []),
            must,
            f"message: {json.dumps(idea.message)}",
            f"fix: {json.dumps(idea.fix)}",
            "rationale: >",
            "  Whoever reads this finding in a hurry must see here what can go wrong for the public while the rule does not hold.",
            "reference: [Standard of the authority]",
            "controls: {nist-800-53-r5: [CM-6]}",
            "since: 1.0.0",
            "examples:",
            "  pass:",
            "    - {}",
            "  fail:",
            f"    - {_flow(idea.fail)}",
            "",
        ]
    )


def _flow(value: Any) -> str:
    """Plain data as YAML on one line, with quotes where a text needs them."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_patched(kind: Kind) -> bool:
    """Whether an example patches the fields that rules read, not the manifest from which they come."""
    return kind.find is None and kind.shared is None and kind.name != "account"


def _value(subject: Any, name: str) -> Any:
    found = subject.get(name) if isinstance(subject, Mapping) else getattr(subject, name)
    return found if isinstance(found, bool | int | str | tuple) else None


def _noun(kind: Kind) -> str:
    """What a subject is called, with its article: `A mail domain`."""
    name = kind.name.rpartition(":")[2] if kind.name.startswith("aws:") else kind.name.replace("_", " ")
    noun = " ".join(_WORD.findall(name)).lower()
    return f"{'An' if noun[0] in 'aeiou' else 'A'} {noun}"
