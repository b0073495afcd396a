"""Read rules: one YAML file each, with metadata, expressions and examples, checked as a whole."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial

from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.manifest.validate import validate_data
from egov_infra.policy.condition import Condition, Formula, Lowering
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.fold import fields_read, strays
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import ExpressionError, Macro, Node, Select, children, unparse
from egov_infra.policy.expression.types import BOOL, DYN, Type
from egov_infra.policy.framework import Shelf, citation_faults
from egov_infra.policy.parameter import (
    VARIABLE,
    declaration_faults,
    defaults,
    given_faults,
    parameters_type,
)
from egov_infra.policy.rule import Expressions, Rule, root
from egov_infra.policy.rule_file import RuleFile
from egov_infra.policy.stray import unexpected
from egov_infra.policy.subject import Kind, UnknownKindError, kind_of
from egov_infra.policy.withdrawn import Withdrawn, load_withdrawn, reused
from egov_infra.policy.written import Written
from egov_infra.source.composer import Data
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import Document, parse_document, read_bytes
from egov_infra.source.spelling import closest

DOMAINS = ("tenancy", "mail", "gateway", "services", "estate")
_HOLE = re.compile(r"\{([^{}]+)\}")


def load_rules(folder: pathlib.Path, *, is_past: bool = False) -> tuple[Rule, ...]:
    """All rules of a policies folder, sorted by id. Raises InputError with everything wrong in any of them.

    With `is_past` they are those of an earlier revision: neither whether frameworks have the
    controls that they name nor what else lies in the folder is asked again.
    """
    files = rule_files(folder)
    return _load(folder, files, None if is_past else Shelf(folder), load_withdrawn(folder, files))


def load_named(folder: pathlib.Path, ids: Collection[str]) -> tuple[Rule, ...]:
    """The rules of these ids, or globs on them, sorted by id; all without any. Only their files are read.

    Raises InputError with everything wrong in them, and for an id that there is not.
    """
    files = rule_files(folder)
    shelf, gone = Shelf(folder), load_withdrawn(folder, files)
    if not ids:
        return _load(folder, files, shelf, gone)
    unknown = [
        Diagnostic(Place("<arguments>"), "rule-unknown", f"no rule {name!r}", closest(name, files))
        for name in ids
        if not any(fnmatchcase(known, name) for known in files)
    ]
    if unknown:
        raise InputError((*unexpected(folder, DOMAINS), *unknown))
    named = {name: path for name, path in files.items() if any(fnmatchcase(name, one) for one in ids)}
    return _load(folder, named, shelf, gone)


def rule_files(folder: pathlib.Path) -> Mapping[str, pathlib.Path]:
    """Id to the file of every rule of a policies folder. Raises InputError if there is none."""
    files: dict[str, pathlib.Path] = {}
    for domain in DOMAINS:
        files |= {f"{domain}-{path.stem}": path for path in (folder / domain).glob("*.yaml")}
    if not files:
        raise InputError([Diagnostic(Place(str(folder)), "rules-missing", "no rules in this folder")])
    return files


def _load(
    folder: pathlib.Path,
    files: Mapping[str, pathlib.Path],
    shelf: Shelf | None,
    gone: Mapping[str, Withdrawn],
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    faults = list(reused(gone, files))
    for _, path in sorted(files.items()):
        try:
            rules.append(load_rule(path, path.parent.name, shelf))
        except InputError as error:
            faults.extend(error.diagnostics)
    if shelf is not None:
        faults.extend((*shelf.faults, *unexpected(folder, DOMAINS)))
    if faults:
        raise InputError(faults)
    return tuple(rules)


def load_rule(path: pathlib.Path, domain: str, shelf: Shelf | None = None) -> Rule:
    """Load one rule; without a shelf, whatever controls it names. Raises InputError with everything wrong in it."""
    return parse_rule(read_bytes(path, str(path)), str(path), f"{domain}-{path.stem}", shelf)


def parse_rule(content: bytes, file: str, rule_id: str, shelf: Shelf | None = None) -> Rule:
    """The rule of an id from the bytes of its file, which messages call `file`. Raises InputError as `load_rule` does."""
    document = parse_document(content, file)
    metadata, found = validate_data(document.data, RuleFile)
    written = Written(document, content.decode())
    if metadata is None:
        rest = _salvage(document.data, rule_id)
        faults = diagnose(
            document, [_example_faults(document.data), found, _citation_faults(document, shelf)]
        )
        raise InputError([*faults, *(_RuleLoader(written, rest).faults(rule_id) if rest else ())])
    return _RuleLoader(written, metadata, shelf).load(rule_id)


def place_in_rule(rule: Rule, key: str, offset: int) -> Place:
    """Where a node of a rule stands, by its offset; `key` is `when` or `must`. Reads the rule's file."""
    content = read_bytes(pathlib.Path(rule.file), rule.file)
    written = Written(parse_document(content, rule.file), content.decode())
    formula = rule.metadata.when if key == "when" else rule.metadata.must
    if isinstance(formula, str):
        return written.in_block(key, formula, offset)
    assert formula is not None
    variables = {**rule.kind.variables, VARIABLE: parameters_type(rule.metadata.parameters)}
    lowering = Lowering(variables, may_be_empty=rule.metadata.may_be_empty)
    lowering.lower(formula, (key,))
    return written.in_condition(lowering.origin(offset))


def _citation_faults(document: Document, shelf: Shelf | None) -> Iterator[Fault]:
    if shelf is not None and isinstance(document.data, dict):
        yield from citation_faults(document.data.get("controls"), shelf)


def _example_faults(data: Data) -> Iterator[Fault]:
    """A rule of which nobody has seen that it can pass, and that it can fail."""
    examples = data.get("examples") if isinstance(data, dict) else None
    if not isinstance(examples, dict):
        return
    for side in ("pass", "fail"):
        if not examples.get(side):
            message = f"no example under {side}: nobody has seen the rule {side}"
            yield Fault(("examples", side), "example-missing", message)


_ANY_TEXT = "any text"
_STAND_INS: Mapping[str, object] = {
    **dict.fromkeys(("title", "message", "fix", "rationale"), _ANY_TEXT),
    "severity": "low",
    "reference": (_ANY_TEXT,),
    "controls": {"any": ("any",)},
    "since": "0.0.0",
    "examples": {"pass": ({},), "fail": ({},)},
}


def _salvage(data: Data, expected_id: str) -> RuleFile | None:
    """The part of a wrong file that can be checked further, so that all that is wrong shows at once."""
    if not isinstance(data, dict):
        return None
    _, faults = validate_data(data, RuleFile)
    wrong = {fault.path[0] for fault in faults if fault.path}
    if VARIABLE in wrong:  # expressions may read what is not declared for now
        return None
    kept = {key: value for key, value in data.items() if key not in wrong}
    return validate_data({**_STAND_INS, **kept, "id": kept.get("id", expected_id)}, RuleFile)[0]


class _RuleLoader:
    def __init__(self, written: Written, metadata: RuleFile, shelf: Shelf | None = None) -> None:
        self._shelf = shelf
        self._written = written
        self._document = written.document
        self._metadata = metadata
        self._faults: list[Diagnostic] = []

    def faults(self, expected_id: str) -> tuple[Diagnostic, ...]:
        """All that is wrong."""
        try:
            self.load(expected_id)
        except InputError as error:
            return error.diagnostics
        return ()

    def load(self, expected_id: str) -> Rule:
        metadata = self._metadata
        if metadata.id != expected_id:
            self._faults.append(self._wrong_id(metadata.id, expected_id))
        self._faults += diagnose(self._document, [_citation_faults(self._document, self._shelf)])
        try:
            kind = kind_of(metadata.applies_to)
        except UnknownKindError as error:
            place = self._document.place(("applies_to",))
            wrong = self._written.diagnostic(place, "subject-unknown", str(error), error.suggestion)
            raise InputError([*self._faults, wrong]) from None
        variables = self._variables(kind)
        when = self._formula("when", metadata.when, variables)
        must = self._formula("must", metadata.must, variables)
        message = self._text("message", metadata.message, variables)
        fix = self._text("fix", metadata.fix, {VARIABLE: variables[VARIABLE]} if metadata.parameters else {})
        if must is not None and (when is not None or metadata.when is None):
            self._refuse_unread(when, must)
        if self._faults:
            raise InputError(self._faults)
        assert must is not None
        expressions = Expressions(when, must, message, fix)
        return Rule(metadata, self._document.file, kind, expressions, defaults(metadata.parameters))

    def _wrong_id(self, found: str, expected: str) -> Diagnostic:
        """An id that is not that of the file; where another rule has it, that is the worse of the two."""
        place = self._document.place(("id",))
        domain, _, name = found.partition("-")
        other = pathlib.Path(place.file).parent.parent / domain / f"{name}.yaml"
        if other.is_file():
            return Diagnostic(
                place, "rule-duplicate", f"id {found!r} is that of {other}; here it is {expected!r}"
            )
        return Diagnostic(place, "rule-id", f"id {found!r} must be {expected!r}: folder and file name")

    def _variables(self, kind: Kind) -> Mapping[str, Type]:
        """What expressions may name; also finds what is wrong with the declaration of parameters."""
        declared = self._metadata.parameters
        if not declared:
            return kind.variables
        faults = list(declaration_faults(declared, (VARIABLE,)))
        examples = self._metadata.examples
        sides = {"pass": examples.pass_, "fail": examples.fail, "not_applicable": examples.not_applicable}
        for side, patches in sides.items():
            for number, patch in enumerate(patches):
                given = patch.get(VARIABLE, {})
                faults += given_faults(declared, given, ("examples", side, number, VARIABLE))
        self._faults += diagnose(self._document, [faults])
        return {**kind.variables, VARIABLE: parameters_type(declared)}

    def _refuse_unread(self, when: Node | None, must: Node) -> None:
        """Whoever sets a parameter that decides nothing would think that it does."""
        if not self._metadata.parameters:
            return
        read = fields_read(must, VARIABLE) | (fields_read(when, VARIABLE) if when else frozenset())
        for name in self._metadata.parameters:
            if name not in read:
                place = self._document.place((VARIABLE, name), key=True)
                message = f"parameter {name!r} decides nothing: neither when nor must reads it"
                self._faults.append(Diagnostic(place, "parameter-unread", message))

    def _formula(self, key: str, formula: Formula | None, variables: Mapping[str, Type]) -> Node | None:
        if formula is None:
            return None
        if not isinstance(formula, str):
            return self._conditions(key, formula, variables)
        if not self._written.is_block(key):
            message = "an expression is a block scalar, since YAML eats characters; write"
            rewrite = f"{message}\n{key}: |\n  {formula.strip()}"
            self._faults.append(Diagnostic(self._document.place((key,)), "expression-style", rewrite))
            return None

        def place(offset: int) -> Place:
            return self._written.in_block(key, formula, offset)

        node = self._parsed(formula, variables, place)
        if node is not None and not self._metadata.may_be_empty:
            self._refuse_vacuous(node, node, place)
        return node

    def _conditions(
        self, key: str, formula: Condition | Sequence[Condition], variables: Mapping[str, Type]
    ) -> Node | None:
        lowering = Lowering(variables, may_be_empty=self._metadata.may_be_empty)
        node = lowering.lower(formula, (key,))

        def place(offset: int) -> Place:
            return self._written.in_condition(lowering.origin(offset))

        self._report(lowering.faults, place)
        found = self._checked(node, variables, place) if node is not None else None
        return None if lowering.faults else found

    def _parsed(
        self, text: str, variables: Mapping[str, Type], place: Callable[[int], Place], wanted: Type = BOOL
    ) -> Node | None:
        try:
            node = parse(text)
        except ExpressionError as error:
            self._report((error,), place)
            return None
        return self._checked(node, variables, place, wanted)

    def _checked(
        self, node: Node, variables: Mapping[str, Type], place: Callable[[int], Place], wanted: Type = BOOL
    ) -> Node | None:
        found, wrong = inspect(node, variables)
        if VARIABLE in variables and not wrong:
            whole = f"{VARIABLE} are read one by one, as {VARIABLE}.NAME"
            wrong = tuple(ExpressionError(whole, name.offset) for name in strays(node, VARIABLE))
        if not wrong and wanted == BOOL and found not in (BOOL, DYN):
            wrong = (ExpressionError(f"expects true or false, is {found}", 0),)
        self._report(wrong, place)
        return None if wrong else node

    def _report(self, wrong: Sequence[ExpressionError], place: Callable[[int], Place]) -> None:
        self._faults += [
            self._written.diagnostic(place(fault.offset), fault.code, fault.message, fault.suggestion)
            for fault in wrong
        ]

    def _refuse_vacuous(self, whole: Node, node: Node, place: Callable[[int], Place]) -> None:
        """`all` over an empty list holds: a rule says that it means this, or guards with size."""
        if (
            isinstance(node, Macro)
            and node.kind == "all"
            and f"size({unparse(node.range)})" not in unparse(whole)
            and not self._is_filled(node.range)
        ):
            message = f"all over {unparse(node.range)} holds for an empty list: guard with size() or say may_be_empty: true"
            self._faults.append(self._written.diagnostic(place(node.offset), "expression-vacuous", message))
        for child in children(node):
            self._refuse_vacuous(whole, child, place)

    def _is_filled(self, span: Node) -> bool:
        """Whether a list is a parameter that is never empty."""
        if not isinstance(span, Select) or root(span) != VARIABLE:
            return False
        declared = self._metadata.parameters.get(span.field)
        return declared is not None and bool(declared.min_items)

    def _text(self, key: str, text: str, variables: Mapping[str, Type]) -> tuple[str | Node, ...]:
        """A text with expressions in braces: texts and expressions in turn."""
        parts: list[str | Node] = []
        for index, part in enumerate(_HOLE.split(text)):
            place = partial(self._written.in_hole, key, part)
            node = self._parsed(part, variables, place, DYN) if index % 2 else part
            parts.extend([node] if node is not None else [])
        return tuple(parts)
