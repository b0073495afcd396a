"""Rules: one YAML file each, with metadata, expression and examples, checked as a whole when loaded."""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from egov_infra.manifest.validate import validate
from egov_infra.model.record import Record
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.compile import Closure, Compiler
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.shortcut import write_answer
from egov_infra.policy.expression.tree import (
    Call,
    ExpressionError,
    Has,
    Index,
    Macro,
    Name,
    Node,
    Select,
    children,
    unparse,
)
from egov_infra.policy.expression.types import BOOL, DYN, Type
from egov_infra.policy.finding import Severity
from egov_infra.policy.subject import Kind, UnknownKindError, kind_of
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import Document, parse_document, read_bytes

DOMAINS = ("tenancy", "mail", "gateway", "services", "estate")
_HOLE = re.compile(r"\{([^{}]+)\}")
Text = Annotated[str, Field(min_length=8)]


class Examples(Record):
    """Patches on the compliant baseline: with `pass` the rule holds, with `fail` it does not."""

    pass_: Annotated[tuple[Mapping[str, Any], ...], Field(alias="pass", min_length=1)]
    """Patches with which the rule holds."""
    fail: Annotated[tuple[Mapping[str, Any], ...], Field(min_length=1)]
    """Patches with which it does not."""


class RuleFile(Record):
    """What a rule's file says."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z0-9]+)+$")]
    """`<domain>-<what is wrong>`; never reused."""
    title: Text
    """What is wrong, in one sentence."""
    severity: Severity
    """How bad it is."""
    applies_to: str
    """A subject of the model, or an AWS type: `aws:s3/bucket:Bucket`."""
    when: str | None = None
    """Where this is false, the rule does not apply."""
    must: str
    """What must hold."""
    message: Text
    """The finding in one sentence, with `{expressions}` for actual values."""
    fix: Text
    """What to change in the manifest."""
    rationale: Text
    """Why it matters."""
    reference: Annotated[tuple[str, ...], Field(min_length=1)]
    """Standards and clauses."""
    controls: Annotated[Mapping[str, tuple[str, ...]], Field(min_length=1)]
    """Framework to the ids of its controls."""
    waivable: bool = True
    """Whether a waiver may permit the finding."""
    since: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    """Version of the policies that brought the rule."""
    may_be_empty: bool = False
    """Whether `all` over an empty list is meant to hold."""
    may_be_idle: Text | None = None
    """Why the rule may meet no subject in an estate."""
    examples: Examples
    """Examples, which the tests run."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to evaluate."""

    id: str
    """`<domain>-<what is wrong>`."""
    metadata: RuleFile
    file: str
    kind: Kind
    when: Closure | None
    must: Closure
    plain: ast.expr
    """Its answer where it plainly passes or does not apply, as Python: what shortcuts are made of."""
    message: tuple[str | Closure, ...]
    """Texts and expressions in turn."""
    leaves: tuple[tuple[str, Closure], ...]
    """Text and closure of each field that the rule reads."""

    @property
    def domain(self) -> str:
        """Domain of the rule: the first word of its id."""
        return self.id.partition("-")[0]


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
        compiler = Compiler({name: slot for slot, name in enumerate(kind.variables)}, len(kind.variables))
        trees: list[Node] = []
        when = self._expression("when", metadata.when, kind, trees)
        must = self._expression("must", metadata.must, kind, trees)
        message = self._message(kind, compiler)
        if self._faults:
            raise InputError(self._faults)
        assert must is not None
        leaves = {unparse(leaf): leaf for tree in trees for leaf in _leaves(tree, frozenset(kind.variables))}
        return Rule(
            metadata.id,
            metadata,
            self._document.file,
            kind,
            compiler.compile(when) if when else None,
            compiler.compile(must),
            write_answer(when, must, kind.variables),
            message,
            tuple((text, compiler.compile(node)) for text, node in leaves.items()),
        )

    def _fault(self, path: Path, code: str, message: str) -> None:
        self._faults.append(Diagnostic(self._document.place(path), code, message))

    def _expression(self, key: str, text: str | None, kind: Kind, trees: list[Node]) -> Node | None:
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
        node = self._checked(text, kind.variables, lambda offset: self._inside(place.line, text, offset))
        if node is not None:
            trees.append(node)
            if not self._metadata.may_be_empty:
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

    def _refuse_vacuous(self, root: Node, node: Node, place: Place, text: str) -> None:
        """`all` over an empty list holds: a rule says that it means this, or guards with size."""
        if (
            isinstance(node, Macro)
            and node.kind == "all"
            and f"size({unparse(node.range)})" not in unparse(root)
        ):
            message = f"all over {unparse(node.range)} holds for an empty list: guard with size() or say may_be_empty: true"
            self._faults.append(
                Diagnostic(self._inside(place.line, text, node.offset), "expression-vacuous", message)
            )
        for child in children(node):
            self._refuse_vacuous(root, child, place, text)

    def _message(self, kind: Kind, compiler: Compiler) -> tuple[str | Closure, ...]:
        place = self._document.place(("message",))
        parts: list[str | Closure] = []
        for index, part in enumerate(_HOLE.split(self._metadata.message)):
            if index % 2 == 0:
                parts.append(part)
                continue
            node = self._checked(part, kind.variables, lambda _offset: place, DYN)
            if node is not None:
                parts.append(compiler.compile(node))
        return tuple(parts)


def _leaves(node: Node, variables: frozenset[str]) -> Sequence[Node]:
    """The longest chains of fields that start at a variable of the rule."""
    match node:
        case Has(operand, field, offset):
            return _leaves(Select(operand, field, offset), variables)
        case Select() | Index() if _root(node) in variables and _names(node) <= variables:
            return [node]
        case Call("related" | "days_until" | "refers_to") if _names(node) <= variables:
            return [node]
        case _:
            return [leaf for child in children(node) for leaf in _leaves(child, variables)]


def _names(node: Node) -> frozenset[str]:
    """The variables that an expression needs from outside."""
    if isinstance(node, Name):
        return frozenset((node.name,))
    inner: frozenset[str] = frozenset[str]().union(*map(_names, children(node)))
    return inner - {node.variable} if isinstance(node, Macro) else inner


def _root(node: Node) -> str | None:
    while isinstance(node, Select | Index):
        node = node.operand
    return node.name if isinstance(node, Name) else None
