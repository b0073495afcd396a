"""Text to tree: a recursive-descent parser for the subset of CEL (precedence as in the CEL language definition)."""

from __future__ import annotations

import re

from egov_infra.policy.expression.tree import (
    MACROS,
    Binary,
    Call,
    Conditional,
    ExpressionError,
    Has,
    Index,
    ListLiteral,
    Literal,
    Macro,
    Name,
    Negate,
    Node,
    Not,
    Select,
)
from egov_infra.source.frozen import frozen

MAX_LENGTH = 4000
MAX_DEPTH = 60
MAX_INTEGER = 2**63 - 1

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<float>\d+\.\d+([eE][-+]?\d+)?|\d+[eE][-+]?\d+)
  | (?P<int>\d+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<string>'([^'\\\n]|\\.)*'|"([^"\\\n]|\\.)*")
  | (?P<operator>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])
    """,
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))


@frozen
class _Token:
    kind: str
    text: str
    offset: int


def parse(text: str) -> Node:
    """Parse an expression. Raises ExpressionError with the offset of the first fault."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"longer than {MAX_LENGTH} characters", MAX_LENGTH)
    return _Parser(text).whole()


def _tokens(text: str) -> list[_Token]:
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            what = "a string without its end" if text[at] in "'\"" else f"{text[at]!r} is not understood"
            raise ExpressionError(what, at)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), at))
        at = match.end()
    found.append(_Token("end", "the end", len(text)))
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._here.kind != "end":
            raise ExpressionError(f"{self._here.text!r} is not expected here", self._here.offset)
        return node

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> _Token | None:
        token = self._here
        if token.text in texts and token.kind in ("operator", "name"):
            self._at += 1
            return token
        return None

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise ExpressionError(f"expects {text!r}, has {self._here.text!r}", self._here.offset)

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}", self._here.offset)
        node = self._or()
        if token := self._take("?"):
            yes = self._or()
            self._need(":")
            node = Conditional(node, yes, self._expression(), token.offset)
        self._depth -= 1
        return node

    def _or(self) -> Node:
        node = self._and()
        while token := self._take("||"):
            node = Binary("||", node, self._and(), token.offset)
        return node

    def _and(self) -> Node:
        node = self._comparison()
        while token := self._take("&&"):
            node = Binary("&&", node, self._comparison(), token.offset)
        return node

    def _comparison(self) -> Node:
        node = self._sum()
        if token := self._take(*_COMPARISONS):
            node = Binary(token.text, node, self._sum(), token.offset)
            if self._here.text in _COMPARISONS and self._here.kind != "string":
                raise ExpressionError("comparisons do not chain: write && between two", self._here.offset)
        return node

    def _sum(self) -> Node:
        node = self._product()
        while token := self._take("+", "-"):
            node = Binary(token.text, node, self._product(), token.offset)
        return node

    def _product(self) -> Node:
        node = self._unary()
        while token := self._take("*", "/", "%"):
            node = Binary(token.text, node, self._unary(), token.offset)
        return node

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}", self._here.offset)
        if token := self._take("!"):
            node: Node = Not(self._unary(), token.offset)
        elif token := self._take("-"):
            node = Negate(self._unary(), token.offset)
        else:
            node = self._postfix()
        self._depth -= 1
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        while True:
            if self._take("."):
                node = self._member(node)
            elif token := self._take("["):
                node = Index(node, self._expression(), token.offset)
                self._need("]")
            else:
                return node

    def _member(self, operand: Node) -> Node:
        token = self._here
        if token.kind != "name":
            raise ExpressionError(f"expects a field, has {token.text!r}", token.offset)
        self._at += 1
        if not self._take("("):
            return Select(operand, token.text, token.offset)
        if token.text in MACROS:
            variable = self._here
            if variable.kind != "name" or variable.text in _WORDS:
                raise ExpressionError(f"{token.text} expects a variable", variable.offset)
            self._at += 1
            self._need(",")
            body = self._expression()
            self._need(")")
            return Macro(token.text, operand, variable.text, body, token.offset)
        return Call(token.text, (operand, *self._arguments(")")), token.offset, is_method=True)

    def _arguments(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._take(end):
            return ()
        while True:
            items.append(self._expression())
            if self._take(end):
                return tuple(items)
            self._need(",")
            if end == "]" and self._take(end):
                return tuple(items)

    def _primary(self) -> Node:
        token = self._here
        self._at += 1
        if token.kind == "int":
            if int(token.text) > MAX_INTEGER:
                raise ExpressionError("an integer beyond 64 bits", token.offset)
            return Literal(int(token.text), token.offset)
        if token.kind == "float":
            return Literal(float(token.text), token.offset)
        if token.kind == "string":
            return Literal(self._string(token), token.offset)
        if token.kind == "name":
            return self._named(token)
        if token.text == "(":
            node = self._expression()
            self._need(")")
            return node
        if token.text == "[":
            return ListLiteral(self._arguments("]"), token.offset)
        self._at -= 1
        raise ExpressionError(f"{token.text!r} is not expected here", token.offset)

    def _named(self, token: _Token) -> Node:
        if token.text in _WORDS:
            return Literal(_WORDS[token.text], token.offset)
        if not self._take("("):
            return Name(token.text, token.offset)
        arguments = self._arguments(")")
        if token.text != "has":
            return Call(token.text, arguments, token.offset)
        if len(arguments) != 1 or not isinstance(arguments[0], Select):
            raise ExpressionError("has expects one field, such as has(subject.policy)", token.offset)
        return Has(arguments[0].operand, arguments[0].field, token.offset)

    def _string(self, token: _Token) -> str:
        def one(match: re.Match[str]) -> str:
            if match[1] not in _ESCAPES:
                raise ExpressionError(f"unknown escape \\{match[1]}", token.offset + match.start() + 1)
            return _ESCAPES[match[1]]

        return re.sub(r"\\(.)", one, token.text[1:-1])
