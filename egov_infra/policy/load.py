"""Read rules: one YAML file each, with metadata, expressions and examples, checked as a whole."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from typing import Any

from egov_infra.manifest.fault import diagnose
from egov_infra.manifest.validate import validate
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.fold import fields_read, strays
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import ExpressionError, Macro, Node, Select, children, unparse
from egov_infra.policy.expression.types import BOOL, DYN, Type
from egov_infra.policy.parameter import (
    VARIABLE,
    declaration_faults,
    defaults,
    given_faults,
    parameters_type,
)
from egov_infra.policy.rule import Expressions, Rule, bound, root
from egov_infra.policy.rule_file import RuleFile
from egov_infra.policy.subject import Kind, UnknownKindError, kind_of
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import Document, parse_document, read_bytes

DOMAINS = ("tenancy", "mail", "gateway", "services", "estate")
_HOLE = re.compile(r"\{([^{}]+)\}")


def load_rules(folder: pathlib.Path) -> tuple[Rule, ...]:
    """All rules of a policies folder, sorted by id. Raises InputError with everything wrong in any of them."""
    rules: dict[str, Rule] = {}
    faults: list[Diagnostic] = []
    for domain in DOMAINS:
        for path in sorted((folder / domain).glob("*.yaml")):
            try:
                rule = load_rule(path, domain)
            except InputError as error:
                faults.extend(error.diagnostics)
                continue
            if rule.id in rules:
                message = f"rule {rule.id!r} stands in {rules[rule.id].file} too"
                faults.append(Diagnostic(Place(rule.file), "rule-twice", message))
            rules[rule.id] = rule
    if faults:
        raise InputError(faults)
    if not rules:
        raise InputError([Diagnostic(Place(str(folder)), "rules-missing", "no rules in this folder")])
    return tuple(rules[name] for name in sorted(rules))


def load_rule(path: pathlib.Path, domain: str) -> Rule:
    """Load one rule. Raises InputError with everything wrong in it."""
    content = read_bytes(path, str(path))
    document = parse_document(content, str(path))
    metadata, faults = validate(document, RuleFile)
    if metadata is None:
        raise InputError(faults)
    return _RuleLoader(document, content.decode(), metadata).load(f"{domain}-{path.stem}")


class _RuleLoader:
    def __init__(self, document: Document, text: str, metadata: RuleFile) -> None:
        self._document = document
        self._lines = text.split("\n")
        self._metadata = metadata
        self._faults: list[Diagnostic] = []

    def load(self, expected_id: str) -> Rule:
        metadata = self._metadata
        if metadata.id != expected_id:
            self._fault(
                ("id",), "rule-id", f"id {metadata.id!r} must be {expected_id!r}: folder and file name"
            )
        try:
            kind = kind_of(metadata.applies_to)
        except UnknownKindError as error:
            place = self._document.place(("applies_to",))
            raise InputError(
                [*self._faults, Diagnostic(place, "subject-unknown", str(error), error.suggestion)]
            ) from None
        variables = self._variables(kind)
        when = self._expression("when", metadata.when, variables)
        must = self._expression("must", metadata.must, variables)
        message = self._text("message", metadata.message, variables)
        fix = self._text("fix", metadata.fix, {VARIABLE: variables[VARIABLE]} if metadata.parameters else {})
        if must is not None and (when is not None or metadata.when is None):
            self._refuse_unread(when, must)
        if self._faults:
            raise InputError(self._faults)
        assert must is not None
        expressions = Expressions(when, must, message, fix)
        return bound(metadata, self._document.file, kind, expressions, defaults(metadata.parameters))

    def _variables(self, kind: Kind) -> Mapping[str, Type]:
        """What expressions may name; also finds what is wrong with the declaration of parameters."""
        declared = self._metadata.parameters
        if not declared:
            return kind.variables
        faults = list(declaration_faults(declared, (VARIABLE,)))
        examples = self._metadata.examples
        for side, patches in (("pass", examples.pass_), ("fail", examples.fail)):
            for number, patch in enumerate(patches):
                given = patch.get(VARIABLE, {})
                faults += given_faults(declared, given, ("examples", side, number, VARIABLE))
        self._faults += diagnose(self._document, [faults])
        return {**kind.variables, VARIABLE: parameters_type(declared)}

    def _refuse_unread(self, when: Node | None, must: Node) -> None:
        """Whoever sets a parameter that decides nothing would think that it does."""
        read = fields_read(must, VARIABLE) | (fields_read(when, VARIABLE) if when else frozenset())
        for name in self._metadata.parameters:
            if name not in read:
                place = self._document.place((VARIABLE, name), key=True)
                message = f"parameter {name!r} decides nothing: neither when nor must reads it"
                self._faults.append(Diagnostic(place, "parameter-unread", message))

    def _fault(self, path: Path, code: str, message: str) -> None:
        self._faults.append(Diagnostic(self._document.place(path), code, message))

    def _expression(self, key: str, text: str | None, variables: Mapping[str, Type]) -> Node | None:
        if text is None:
            return None
        place = self._document.place((key,))
        if self._lines[place.line - 1][place.column - 1 : place.column] != "|":
            rewrite = f"{key}: |\n  {text.strip()}"
            self._fault(
                (key,),
                "expression-style",
                f"an expression is a block scalar, since YAML eats characters; write\n{rewrite}",
            )
            return None
        node = self._checked(text, variables, lambda offset: self._inside(place.line, text, offset))
        if node is not None and not self._metadata.may_be_empty:
            self._refuse_vacuous(node, node, place, text)
        return node

    def _checked(
        self, text: str, variables: Mapping[str, Type], place: Any, wanted: Type = BOOL
    ) -> Node | None:
        try:
            node = parse(text)
        except ExpressionError as error:
            wrong: tuple[ExpressionError, ...] = (error,)
        else:
            found, wrong = inspect(node, variables)
            if VARIABLE in variables and not wrong:
                whole = f"{VARIABLE} are read one by one, as {VARIABLE}.NAME"
                wrong = tuple(ExpressionError(whole, name.offset) for name in strays(node, VARIABLE))
            if not wrong and wanted == BOOL and found not in (BOOL, DYN):
                wrong = (ExpressionError(f"expects true or false, is {found}", 0),)
            if not wrong:
                return node
        self._faults.extend(
            Diagnostic(place(fault.offset), "expression", fault.message, fault.suggestion) for fault in wrong
        )
        return None

    def _inside(self, header_line: int, text: str, offset: int) -> Place:
        """The place of an offset inside a block scalar: its text begins on the line after the header."""
        before = text[:offset].split("\n")
        line = header_line + len(before)
        written = self._lines[line - 1] if line <= len(self._lines) else ""
        indent = (
            len(written)
            - len(written.lstrip(" "))
            - (len(before[-1]) - len(before[-1].lstrip(" ")) if before[-1].strip() else 0)
        )
        return Place(self._document.file, line, max(indent, 0) + len(before[-1]) + 1)

    def _refuse_vacuous(self, whole: Node, node: Node, place: Place, text: str) -> None:
        """`all` over an empty list holds: a rule says that it means this, or guards with size."""
        if (
            isinstance(node, Macro)
            and node.kind == "all"
            and f"size({unparse(node.range)})" not in unparse(whole)
            and not self._is_filled(node.range)
        ):
            message = f"all over {unparse(node.range)} holds for an empty list: guard with size() or say may_be_empty: true"
            self._faults.append(
                Diagnostic(self._inside(place.line, text, node.offset), "expression-vacuous", message)
            )
        for child in children(node):
            self._refuse_vacuous(whole, child, place, text)

    def _is_filled(self, span: Node) -> bool:
        """Whether a list is a parameter that is never empty."""
        if not isinstance(span, Select) or root(span) != VARIABLE:
            return False
        declared = self._metadata.parameters.get(span.field)
        return declared is not None and bool(declared.min_items)

    def _text(self, key: str, text: str, variables: Mapping[str, Type]) -> tuple[str | Node, ...]:
        """A text with expressions in braces: texts and expressions in turn."""
        place = self._document.place((key,))
        parts: list[str | Node] = []
        for index, part in enumerate(_HOLE.split(text)):
            node = self._checked(part, variables, lambda _offset: place, DYN) if index % 2 else part
            parts.extend([node] if node is not None else [])
        return tuple(parts)
