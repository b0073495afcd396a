r"""Patterns of `matches`, in time linear in the text whatever the pattern: an automaton, never backtracking.

The syntax is the part of RE2's that needs no memory: literals, `.`, classes, `\d \w \s`, groups, `|`, `* + ? {m,n}`,
`^`, `$`. Back references, lookaround, flags and lazy quantifiers are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from egov_infra.source.frozen import frozen

MAX_STATES: Final = 1000
MAX_REPEAT: Final = 100
_MAX_DEPTH: Final = 20
_MAX_CACHED: Final = 2000

_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "s": lambda c: c in "\t\n\f\r ",
}
_LITERAL_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_REPEAT = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")


class PatternError(ValueError):
    """A pattern is refused. `offset` is where in the pattern, in characters."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


Test = Callable[[str], bool]


@frozen
class _Part:
    """A piece of the syntax tree: `kind` is test, begin, end, sequence, choice or repeat."""

    kind: str
    test: Test | None = None
    parts: tuple[_Part, ...] = ()
    least: int = 0
    most: int | None = 0


class Pattern:
    """A compiled pattern; `search` says whether it matches anywhere in a text."""

    def __init__(self, root: _Part) -> None:
        self._tests: list[Test | None] = []
        self._next: list[list[int]] = []
        self._conditions: list[str] = []
        self._built = 0
        self._final = self._state()
        self._first = self._build(root, self._final)
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._begin = self._closure({self._first}, at_begin=True, at_end=False)

    def search(self, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        states = self._begin
        for character in text:
            if self._final in states:
                return True
            states = self._step(states, character)
        return self._final in self._closure(set(states), at_begin=not text, at_end=True)

    def _step(self, states: frozenset[int], character: str) -> frozenset[int]:
        key = (states, character)
        found = self._steps.get(key)
        if found is None:
            reached = {self._first}
            for state in states:
                test = self._tests[state]
                if test is not None and test(character):
                    reached.update(self._next[state])
            found = self._closure(reached, at_begin=False, at_end=False)
            if len(self._steps) < _MAX_CACHED:
                self._steps[key] = found
        return found

    def _closure(self, states: set[int], *, at_begin: bool, at_end: bool) -> frozenset[int]:
        """These states and those that need no character: `^` and `$` hold at the ends of the text only."""
        found = set(states)
        todo = list(states)
        while todo:
            state = todo.pop()
            condition = self._conditions[state]
            if self._tests[state] is not None:
                continue
            if (condition == "begin" and not at_begin) or (condition == "end" and not at_end):
                continue
            for following in self._next[state]:
                if following not in found:
                    found.add(following)
                    todo.append(following)
        return frozenset(found)

    def _state(self, *following: int, test: Test | None = None, condition: str = "") -> int:
        if len(self._tests) >= MAX_STATES:
            raise PatternError(f"needs more than {MAX_STATES} states: repeat less", 0)
        self._tests.append(test)
        self._next.append(list(following))
        self._conditions.append(condition)
        return len(self._tests) - 1

    def _build(self, part: _Part, after: int) -> int:
        """The state at which the part begins, if `after` follows it."""
        self._built += 1
        if self._built > 4 * MAX_STATES:  # parts without a state, such as (){100}, count too
            raise PatternError(f"needs more than {MAX_STATES} states: repeat less", 0)
        if part.kind == "test":
            return self._state(after, test=part.test)
        if part.kind in ("begin", "end"):
            return self._state(after, condition=part.kind)
        if part.kind == "choice":
            return self._state(*(self._build(branch, after) for branch in part.parts))
        if part.kind == "sequence":
            for item in reversed(part.parts):
                after = self._build(item, after)
            return after
        (item,) = part.parts
        if part.most is None:
            loop = self._state()
            self._next[loop] = [self._build(item, loop), after]
            after = loop
        else:
            for _ in range(part.most - part.least):
                after = self._state(self._build(item, after), after)
        for _ in range(part.least):
            after = self._build(item, after)
        return after


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        part = self._choice()
        if self._at < len(self._text):
            raise PatternError("a ) without its (", self._at)
        return part

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _choice(self) -> _Part:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else _Part("choice", parts=tuple(branches))

    def _sequence(self) -> _Part:
        items = []
        while self._peek() not in ("", "|", ")"):
            items.append(self._repeated())
        return _Part("sequence", parts=tuple(items))

    def _repeated(self) -> _Part:
        item = self._atom()
        start = self._at
        repeat = _REPEAT.match(self._text, self._at)
        if repeat:
            least = int(repeat[1])
            most = least if repeat[2] is None else (int(repeat[3]) if repeat[3] else None)
            self._at = repeat.end()
        elif self._peek() and self._peek() in "*+?":
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self._peek()]
            self._at += 1
        else:
            return item
        if max(least, most or 0) > MAX_REPEAT or (most is not None and most < least):
            raise PatternError(f"repeats at most {MAX_REPEAT} times, and upwards", start)
        if self._peek() and (self._peek() in "*+?" or _REPEAT.match(self._text, self._at)):
            raise PatternError("one quantifier after another", self._at)
        return _Part("repeat", parts=(item,), least=least, most=most)

    def _atom(self) -> _Part:
        start, character = self._at, self._peek()
        self._at += 1
        if character == "(":
            return self._group(start)
        if character == "[":
            return _Part("test", self._class(start))
        if character == "\\":
            return _Part("test", self._escape(start))
        if character == ".":
            return _Part("test", lambda c: c != "\n")
        if character in "^$":
            return _Part("begin" if character == "^" else "end")
        if character in "*+?{":
            raise PatternError(f"{character!r} repeats nothing; write \\{character}", start)
        return _Part("test", character.__eq__)

    def _group(self, start: int) -> _Part:
        if self._peek() == "?":
            if self._text[self._at : self._at + 2] != "?:":
                raise PatternError("only ( and (?: open a group: no lookaround, names or flags", start)
            self._at += 2
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise PatternError(f"nested deeper than {_MAX_DEPTH}", start)
        part = self._choice()
        self._depth -= 1
        if self._peek() != ")":
            raise PatternError("a ( without its )", start)
        self._at += 1
        return part

    def _escape(self, start: int) -> Test:
        character = self._peek()
        self._at += 1
        if character in _CLASSES:
            return _CLASSES[character]
        if character and character.lower() in _CLASSES:
            inside = _CLASSES[character.lower()]
            return lambda c: not inside(c)
        if character in _LITERAL_ESCAPES:
            return _LITERAL_ESCAPES[character].__eq__
        if not character or character.isalnum():
            raise PatternError(f"\\{character} is not supported (no back references)", start)
        return character.__eq__

    def _class(self, start: int) -> Test:
        negated = self._peek() == "^"
        self._at += negated
        tests: list[Test] = []
        while (character := self._peek()) != "]" or not tests:
            if not character:
                raise PatternError("a [ without its ]", start)
            tests.append(self._class_item())
        self._at += 1
        if negated:
            return lambda c: not any(test(c) for test in tests)
        return lambda c: any(test(c) for test in tests)

    def _class_item(self) -> Test:
        start, low = self._at, self._peek()
        self._at += 1
        if low == "\\":
            if self._peek().lower() in _CLASSES:
                return self._escape(start)
            low = self._class_escape(start)
        following = self._text[self._at : self._at + 2]
        if len(following) != len("-x") or following[0] != "-" or following[1] == "]":
            return low.__eq__
        self._at += 2
        high = following[1]
        if high == "\\":
            high = self._class_escape(start)
        if high < low:
            raise PatternError(f"a range from {low!r} down to {high!r}", start)
        return lambda c: low <= c <= high

    def _class_escape(self, start: int) -> str:
        character = self._peek()
        self._at += 1
        if character in _LITERAL_ESCAPES:
            return _LITERAL_ESCAPES[character]
        if not character or character.isalnum():
            raise PatternError(f"\\{character} is not supported in a class", start)
        return character


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Compile a pattern. Raises PatternError naming what is refused."""
    return Pattern(_Reader(text).whole())
