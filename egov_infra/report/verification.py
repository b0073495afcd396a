"""Verify evidence: everything in a record is computed again, and what differs is named."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import jsonschema

from egov_infra.manifest.schema import schema_of
from egov_infra.report.document import document
from egov_infra.report.evidence import digest_of
from egov_infra.report.evidence_record import Evidence
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a record says, and what comes out when it is computed again. `what` is a digest, a count, a rule or a finding."""

    what: str
    recorded: str
    found: str

    def __str__(self) -> str:
        return f"{self.what}: recorded {self.recorded}, found {self.found}"


def read_evidence(path: pathlib.Path) -> Mapping[str, Any]:
    """The record in a file. Raises InputError with everything in which it is no evidence."""
    try:
        record = json.loads(
            path.read_bytes(), object_pairs_hook=_without_twins, parse_constant=_refuse_constant
        )
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from None
    except RecursionError:
        raise _unreadable(path, "nested too deep") from None
    except ValueError as error:  # of JSON, of its encoding, and of what is no JSON
        raise _unreadable(path, f"not readable as JSON: {error}") from None
    schema = json.loads(schema_of(Evidence))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    faults = [
        Diagnostic(
            Place("/".join((str(path), *map(str, error.absolute_path)))), "evidence-schema", _said(error)
        )
        for error in jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(record)
    ]
    if faults:
        raise InputError(faults)
    read: Mapping[str, Any] = record
    return read


def _said(error: jsonschema.ValidationError) -> str:
    text = str(error.message)
    return text if len(text) <= 200 else f"{text[:199]}…"  # noqa: PLR2004 - characters that a person reads


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers may take different ones of two values for one key."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unreadable(path: pathlib.Path, message: str) -> InputError:
    return InputError([Diagnostic(Place(str(path)), "evidence-unreadable", message)])


def compare(
    recorded: Mapping[str, Any], found: Mapping[str, Any], *, has_states: bool = True
) -> tuple[Difference, ...]:
    """In what a record differs from its content computed again, and from its own digest.

    The version of the tool is not compared. Without `has_states` neither are the digests of states.
    """
    differences = list(_own_digest(recorded))
    for key in ("target", "selectors"):
        differences += _value(key, recorded[key], found[key])
    differences += _parts("summary", recorded["summary"], found["summary"])
    for key in found["digests"]:
        if key != "states" or has_states:
            differences += _parts(f"digests/{key}", recorded["digests"][key], found["digests"][key])
    differences += _parts("rules", recorded["rules"], found["rules"])
    differences += _findings(recorded["findings"], found["findings"])
    return tuple(differences)


def _own_digest(recorded: Mapping[str, Any]) -> Iterator[Difference]:
    own = digest_of(recorded)
    if own != recorded["digest"]:
        yield Difference("digest of the record itself", recorded["digest"], own)


def _parts(what: str, recorded: Any, found: Any) -> Iterator[Difference]:
    """Differences of mappings, part by part; of anything else as a whole."""
    if not isinstance(recorded, Mapping) or not isinstance(found, Mapping):
        yield from _value(what, recorded, found)
        return
    for key in sorted({*recorded, *found}):
        yield from _parts(f"{what}/{key}", recorded.get(key, _ABSENT), found.get(key, _ABSENT))


def _value(what: str, recorded: Any, found: Any) -> Iterator[Difference]:
    if recorded != found:
        yield Difference(what, _shown(recorded), _shown(found))


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _findings(
    recorded: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]]
) -> Iterator[Difference]:
    """A finding is known by rule, institution and subject; what is not among the findings passed, or did not apply."""
    left, right = _by_subject(recorded), _by_subject(found)
    for key in sorted({*left, *right}):
        rule, institution, subject, _ = key
        what = f"finding {rule} of {institution} on {subject}"
        one, other = left.get(key), right.get(key)
        if one is None or other is None:
            verdicts = [item["verdict"] if item else "no finding" for item in (one, other)]
            yield Difference(f"{what}, verdict", *verdicts)
            continue
        for part in (*other, *(name for name in one if name not in other)):
            yield from _value(f"{what}, {part}", one.get(part, _ABSENT), other.get(part, _ABSENT))


def _by_subject(findings: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str, int], Mapping[str, Any]]:
    """Findings by what they are of, and their number among those of the same."""
    keyed: dict[tuple[str, str, str, int], Mapping[str, Any]] = {}
    for finding in findings:
        number = 0
        while (key := (finding["rule"], finding["institution"], finding["subject"], number)) in keyed:
            number += 1
        keyed[key] = finding
    return keyed


def render_verification(recorded: Mapping[str, Any], differences: Iterable[Difference]) -> Iterator[str]:
    """The verdict on a record as text: a line for each difference."""
    differing = tuple(differences)
    for difference in differing:
        yield f"differs {difference}"
    of = f"evidence of {', '.join(recorded['selectors'])} as of {recorded['summary']['as_of']}"
    plans, rules = len(recorded["digests"]["plans"]), len(recorded["rules"])
    if differing:
        yield f"not verified: {of} is not what manifests and policies give; differences: {len(differing)}"
    else:
        yield f"verified: {of}, {plans} plans, {rules} rules, {len(recorded['findings'])} findings"


def verification_document(
    recorded: Mapping[str, Any], differences: Iterable[Difference], exit_code: int
) -> str:
    """The verdict on a record as JSON."""
    summary = {
        "verified": exit_code == 0,
        "selectors": recorded["selectors"],
        "as_of": recorded["summary"]["as_of"],
        "exit_code": exit_code,
    }
    return document(summary, differences=[asdict(item) for item in differences])
