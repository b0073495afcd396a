"""Rules ready to evaluate: expressions with the parameters that a profile gives them, compiled when they are needed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef
from egov_infra.policy.condition import Formula
from egov_infra.policy.expression.compile import Closure, Compiler, Frame
from egov_infra.policy.expression.fold import Constant, fold
from egov_infra.policy.expression.shortcut import write_answer
from egov_infra.policy.expression.tree import Call, Has, Index, Macro, Name, Node, Select, children, unparse
from egov_infra.policy.expression.unknown import UnknownValueError
from egov_infra.policy.parameter import VARIABLE, constant, defaults
from egov_infra.policy.rule_file import RuleFile
from egov_infra.policy.subject import Kind
from egov_infra.source.frozen import frozen


@frozen
class Expressions:
    """The expressions of a rule, checked; fields of `parameters` still stand in them."""

    when: Node | None
    must: Node
    message: tuple[str | Node, ...]
    """Texts and expressions in turn."""
    fix: tuple[str | Node, ...]


@dataclass(frozen=True)
class Rule:
    """A rule ready to evaluate. It is compiled as far as somebody asks: most rules of most runs have nothing to say."""

    metadata: RuleFile
    file: str
    kind: Kind
    expressions: Expressions
    parameters: Mapping[str, Constant]
    """What is in force: defaults, and over them what the profile sets."""

    @property
    def id(self) -> str:
        """`<domain>-<what is wrong>`."""
        return self.metadata.id

    @property
    def domain(self) -> str:
        """Domain of the rule: the first word of its id."""
        return self.id.partition("-")[0]

    @property
    def when_text(self) -> str | None:
        """`when` as an expression, also where it was written as conditions; parameters stand in it by name."""
        return None if self.expressions.when is None else _text(self.metadata.when, self.expressions.when)

    @property
    def must_text(self) -> str:
        """`must` likewise."""
        return _text(self.metadata.must, self.expressions.must)

    @cached_property
    def when(self) -> Closure | None:
        """Where this is false, the rule does not apply."""
        return self._compiled(self.expressions.when) if self.expressions.when else None

    @cached_property
    def must(self) -> Closure:
        """What must hold."""
        return self._compiled(self.expressions.must)

    @cached_property
    def plain(self) -> ast.expr:
        """Its answer where it plainly passes or does not apply, as Python: what shortcuts are made of."""
        when, must = self.expressions.when, self.expressions.must
        return write_answer(self._folded(when) if when else None, self._folded(must), self.kind.variables)

    @cached_property
    def message(self) -> tuple[str | Closure, ...]:
        """Texts and expressions in turn."""
        return self._parts(self.expressions.message)

    @cached_property
    def fix(self) -> str:
        """What to change, in words."""
        return fill(self._parts(self.expressions.fix), [])

    @cached_property
    def leaves(self) -> tuple[tuple[str, Closure], ...]:
        """Text and closure of each field that the rule reads."""
        variables = frozenset(self.kind.variables)
        trees = [self._folded(tree) for tree in (self.expressions.when, self.expressions.must) if tree]
        leaves = {unparse(leaf): leaf for tree in trees for leaf in leaves_of(tree, variables)}
        compiler = compiler_of(self.kind)
        return tuple((text, compiler.compile(node)) for text, node in leaves.items())

    def bind(self, given: Mapping[str, object]) -> Rule:
        """The rule with its defaults, and over them these values, in which `given_faults` finds nothing."""
        declared = self.metadata.parameters
        values = defaults(declared) | {name: constant(declared[name], one) for name, one in given.items()}
        return self if values == self.parameters else replace(self, parameters=values)

    def deciding(self, when: Node | None, must: Node) -> Rule:
        """The rule with other expressions that decide, and its parameters in them; its texts stay."""
        return replace(self, expressions=replace(self.expressions, when=when, must=must))

    def _folded(self, node: Node) -> Node:
        """An expression with parameters as constants."""
        return fold(node, VARIABLE, self.parameters) if self.parameters else node

    def _compiled(self, node: Node) -> Closure:
        return compiler_of(self.kind).compile(self._folded(node))

    def _parts(self, parts: tuple[str | Node, ...]) -> tuple[str | Closure, ...]:
        return tuple(part if isinstance(part, str) else self._compiled(part) for part in parts)


def compiler_of(kind: Kind) -> Compiler:
    """What compiles expressions about a kind of subject."""
    return Compiler({name: slot for slot, name in enumerate(kind.variables)}, len(kind.variables))


def _text(formula: Formula | None, node: Node) -> str:
    return formula.strip() if isinstance(formula, str) else unparse(node)


def fill(parts: tuple[str | Closure, ...], frame: Frame) -> str:
    """A text with its expressions computed on a frame."""
    return "".join(part if isinstance(part, str) else show(part, frame) for part in parts)


def show(closure: Closure, frame: Frame) -> str:
    """A value as people read it; `unknown` and `absent` are said."""
    try:
        value = closure(frame)
    except UnknownValueError:
        return "unknown"
    except Exception:  # noqa: BLE001 - an absent field is shown as such
        return "absent"
    return shown(value)


def shown(value: object) -> str:
    """A value that is there, as people read it; the same wherever it came from, since waivers are bound to it.

    Keys are sorted, a whole number has no point, an embedded document is what it holds, and what is known only after
    creation is `unknown`, whatever it refers to.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Document):
        return shown(value.body)
    if isinstance(value, Ref | StackRef | SecretRef | Join):
        return "unknown"
    if isinstance(value, Mapping):
        present = sorted((key for key, item in value.items() if item is not None), key=str)
        return ", ".join(f"{key}={_within(value[key])}" for key in present) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(map(_within, value)) or "none"
    return str(value)


def _within(value: object) -> str:
    """A value inside another: what has parts of its own stands in brackets."""
    if isinstance(value, Document):
        value = value.body
    if isinstance(value, Mapping):
        return f"{{{shown(value)}}}"
    return f"[{shown(value)}]" if isinstance(value, tuple | list) else shown(value)


def leaves_of(node: Node, variables: frozenset[str]) -> Sequence[Node]:
    """The longest chains of fields that start at a variable of the rule."""
    match node:
        case Has(operand, field, offset):
            return leaves_of(Select(operand, field, offset), variables)
        case Select() | Index() if root(node) in variables and _names(node) <= variables:
            return [node]
        case Call("related" | "days_until" | "refers_to") if _names(node) <= variables:
            return [node]
        case _:
            return [leaf for child in children(node) for leaf in leaves_of(child, variables)]


def _names(node: Node) -> frozenset[str]:
    """The variables that an expression needs from outside."""
    if isinstance(node, Name):
        return frozenset((node.name,))
    inner: frozenset[str] = frozenset[str]().union(*map(_names, children(node)))
    return inner - {node.variable} if isinstance(node, Macro) else inner


def root(node: Node) -> str | None:
    """The variable that a chain of fields starts at."""
    while isinstance(node, Select | Index):
        node = node.operand
    return node.name if isinstance(node, Name) else None
