r"""Regular expressions in linear time: matched with sets of states, without backtracking.

What people type is searched in a process that others share; the backtracking of Python's `re` could be made
to run for hours by a line. Known: literals, ``.``, classes, ``^ $ \b``, groups, ``|``, ``* + ? {m,n}``,
``\d \w \s``; go: as Go's regexp reads them, whose classes are of ASCII.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from clustersim.digits import is_whole

LONGEST_PATTERN: Final = 200
MOST_STATES: Final = 2000
MOST_TIMES: Final = 1000
"""How often a piece may be repeated, as in Go."""

Test = Callable[[str], bool]
_CONTROLS: Final = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_FLAGS: Final = re.compile(r"\(\?([is]+)\)")
_NAME: Final = re.compile(r"\?P?<\w+>")
_CLASSES: Final[dict[str, Test]] = {
    "d": str.isdigit,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
    "D": lambda char: not char.isdigit(),
    "W": lambda char: not (char.isalnum() or char == "_"),
    "S": lambda char: not char.isspace(),
}
_BLANKS: Final = " \t\n\f\r"
_OF_GO: Final[dict[str, Test]] = {
    "d": lambda char: "0" <= char <= "9",
    "w": lambda char: char.isascii() and (char.isalnum() or char == "_"),
    "s": lambda char: char in _BLANKS,
    "D": lambda char: not "0" <= char <= "9",
    "W": lambda char: not (char.isascii() and (char.isalnum() or char == "_")),
    "S": lambda char: char not in _BLANKS,
}
_NAMED: Final[dict[str, Test]] = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "space": str.isspace,
    "upper": str.isupper,
    "lower": str.islower,
    "punct": lambda char: not char.isalnum() and not char.isspace(),
}


class RegexError(ValueError):
    """The pattern is none."""


class _State:
    """One state: a test of a character, or free ways on (`assertion`: only where it holds)."""

    __slots__ = ("assertion", "test", "then")

    def __init__(self, test: Test | None = None, assertion: str = "") -> None:
        self.test = test
        self.assertion = assertion
        self.then: list[int] = []


class Regex:
    """A compiled pattern. Raises RegexError."""

    def __init__(
        self,
        pattern: str,
        *,
        extended: bool = True,
        ignore_case: bool = False,
        longest: int = LONGEST_PATTERN,
        go: bool = False,
    ) -> None:
        if len(pattern) > longest:
            raise RegexError("Regular expression too big")
        if go and (flags := _FLAGS.match(pattern)) is not None:
            pattern, ignore_case = pattern[flags.end() :], ignore_case or "i" in flags[1]
        self._ignore_case = ignore_case
        self._states: list[_State] = []
        parser = _Parser(pattern if extended else _from_basic(pattern), self._states, ignore_case, go=go)
        self._start, self._end = parser.parse()

    def search(self, text: str, begin: int = 0) -> tuple[int, int] | None:
        """The leftmost and there the longest match from `begin` on."""
        text_seen = text.lower() if self._ignore_case else text
        starts: dict[int, int] = {}
        best: tuple[int, int] | None = None
        for index in range(begin, len(text) + 1):
            if best is None:
                self._enter(self._start, index, text_seen, index, starts)
            if self._end in starts:
                start = starts[self._end]
                if best is None or start < best[0] or (start == best[0] and index > best[1]):
                    best = (start, index)
            if index == len(text) or (best is not None and not starts):
                break
            following: dict[int, int] = {}
            char = text_seen[index]
            for number in sorted(starts, key=lambda state: starts[state]):
                state = self._states[number]
                if (
                    state.test is not None
                    and state.test(char)
                    and (best is None or starts[number] <= best[0])
                ):
                    for target in state.then:
                        self._enter(target, index + 1, text_seen, starts[number], following)
            starts = following
        return best

    def _enter(self, number: int, index: int, text: str, start: int, into: dict[int, int]) -> None:
        waiting = [number]
        while waiting:
            one = waiting.pop()
            if one in into and into[one] <= start:
                continue
            state = self._states[one]
            if state.assertion and not _holds(state.assertion, text, index):
                continue
            into[one] = start
            if state.test is None:
                waiting += state.then


def _holds(assertion: str, text: str, index: int) -> bool:
    if assertion == "^":
        return index == 0
    if assertion == "$":
        return index == len(text)
    word = _CLASSES["w"]
    before = index > 0 and word(text[index - 1])
    after = index < len(text) and word(text[index])
    return (before != after) is (assertion == "b")


def _from_basic(pattern: str) -> str:
    """A basic expression (grep, sed) as an extended one: what has a backslash there has none here."""
    found, index = [], 0
    while index < len(pattern):
        char = pattern[index]
        if char == "\\" and index + 1 < len(pattern):
            follower = pattern[index + 1]
            found.append(follower if follower in "|+?(){}" else char + follower)
            index += 2
            continue
        found.append("\\" + char if char in "|+?(){}" else char)
        index += 1
    return "".join(found)


class _Parser:
    """Builds the states of a pattern; a piece is a pair of its first and its last state."""

    def __init__(self, pattern: str, states: list[_State], ignore_case: bool, *, go: bool) -> None:
        self._pattern = pattern
        self._go = go
        self._classes = _OF_GO if go else _CLASSES
        self._index = 0
        self._states = states
        self._ignore_case = ignore_case
        self._depth = 0

    def parse(self) -> tuple[int, int]:
        piece = self._choice()
        if self._index < len(self._pattern):
            raise RegexError("Unmatched ) or \\)")
        return piece

    def _new(self, test: Test | None = None, assertion: str = "") -> int:
        if len(self._states) >= MOST_STATES:
            raise RegexError("Regular expression too big")
        self._states.append(_State(test, assertion))
        return len(self._states) - 1

    def _link(self, one: int, other: int) -> None:
        self._states[one].then.append(other)

    def _peek(self) -> str:
        return self._pattern[self._index] if self._index < len(self._pattern) else ""

    def _choice(self) -> tuple[int, int]:
        pieces = [self._sequence()]
        while self._peek() == "|":
            self._index += 1
            pieces.append(self._sequence())
        if len(pieces) == 1:
            return pieces[0]
        first, last = self._new(), self._new()
        for start, end in pieces:
            self._link(first, start)
            self._link(end, last)
        return first, last

    def _sequence(self) -> tuple[int, int]:
        first = last = self._new()
        while self._peek() not in ("", "|", ")"):
            start, end = self._repeated()
            self._link(last, start)
            last = end
        return first, last

    def _repeated(self) -> tuple[int, int]:
        begin = self._index
        piece = self._atom()
        first = -1
        while (char := self._peek()) in ("*", "+", "?", "{") and char:
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char, (0, None))
            end = self._index
            if char == "{":
                found = self._bounds()
                if found is None:
                    break
                low, high = found
            else:
                self._index += 1
            if self._go:
                self._index += self._peek() == "?"
                if first >= 0:
                    twice = self._pattern[first : self._index]
                    raise RegexError(f"invalid nested repetition operator: `{twice}`")
                first = end
            piece = self._times(piece, begin, end, low, high)
        return piece

    def _bounds(self) -> tuple[int, int | None] | None:
        close = self._pattern.find("}", self._index)
        low, comma, high = self._pattern[self._index + 1 : max(close, 0)].partition(",")
        if close < 0 or not is_whole(low) or (high and not is_whole(high)):
            return None
        self._index = close + 1
        most = int(high) if high else None if comma else int(low)
        if max(int(low), most or 0) > MOST_TIMES:
            raise RegexError("Regular expression too big")
        return int(low), most

    def _times(
        self, piece: tuple[int, int], begin: int, end: int, low: int, high: int | None
    ) -> tuple[int, int]:
        first, last = self._new(), self._new()
        place, after = first, self._index
        copies = [piece]
        for _number in range(1, max(low, high or 1, 1)):
            self._index = begin
            copies.append(self._atom())
            if self._index != end:
                raise RegexError("Invalid preceding regular expression")
        self._index = after
        for number, (start, stop) in enumerate(copies):
            if number >= low:
                self._link(place, last)
            self._link(place, start)
            place = stop
        if high is None:
            self._link(place, copies[-1][0])
        if high != 0:
            self._link(place, last)
        return first, last

    def _atom(self) -> tuple[int, int]:
        char = self._peek()
        self._index += 1
        if char == "(":
            self._depth += 1
            if self._depth > 20:
                raise RegexError("Regular expression too big")
            if self._pattern.startswith("?:", self._index):
                self._index += 2
            elif self._go and self._pattern.startswith("?", self._index):
                self._index += self._named()
            piece = self._choice()
            if self._peek() != ")":
                raise RegexError("Unmatched ( or \\(")
            self._index += 1
            self._depth -= 1
            return piece
        if char in "^$":
            return self._one(None, char)
        if char == "[":
            return self._one(self._set())
        if char == ".":
            return self._one((lambda one: one != "\n") if self._go else (lambda _char: True))
        if char == "\\":
            return self._escaped()
        if char in "*+?":
            return self._one(_same(char))
        return self._one(_same(char.lower() if self._ignore_case else char))

    def _escaped(self) -> tuple[int, int]:
        char = self._peek()
        if not char:
            raise RegexError("Trailing backslash")
        self._index += 1
        if char in "bB":
            return self._one(None, char)
        if self._go and char in "Az":
            return self._one(None, "^" if char == "A" else "$")
        if self._go and char.isalnum() and char not in _CLASSES:
            return self._one(_same(self._control(char)))
        return self._one(self._classes.get(char) or _same(char.lower() if self._ignore_case else char))

    def _named(self) -> int:
        """The length of a name in front of a group."""
        found = _NAME.match(self._pattern, self._index)
        if found is None:
            told = self._pattern[self._index - 1 : self._index + 2]
            raise RegexError(f"invalid or unsupported Perl syntax: `{told}`")
        return len(found[0])

    def _control(self, letter: str) -> str:
        """The character that a letter behind a backslash is, in Go."""
        if letter not in _CONTROLS:
            raise RegexError(f"invalid escape sequence: `\\{letter}`")
        return _CONTROLS[letter]

    def _one(self, test: Test | None, assertion: str = "") -> tuple[int, int]:
        first = self._new(test, assertion)
        if test is None:
            return first, first
        last = self._new()
        self._link(first, last)
        return first, last

    def _set(self) -> Test:
        pattern = self._pattern
        negated = self._peek() == "^"
        self._index += negated
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            first = False
            char = self._peek()
            if not char:
                raise RegexError("Unmatched [, [^, [:, [., or [=")
            if pattern.startswith("[:", self._index) and (end := pattern.find(":]", self._index)) > 0:
                name = pattern[self._index + 2 : end]
                if name not in _NAMED:
                    raise RegexError("Invalid character class name")
                tests.append(_NAMED[name])
                self._index = end + 2
                continue
            self._index += 1
            if char == "\\" and self._peek() in self._classes:
                tests.append(self._classes[self._peek()])
                self._index += 1
                continue
            if char == "\\" and (self._go or self._peek() in ("]", "\\", "-", "^")):
                char = self._peek()
                self._index += 1
                if self._go and char.isalnum():
                    char = self._control(char)
            if self._peek() == "-" and pattern[self._index + 1 : self._index + 2] not in ("", "]"):
                high = pattern[self._index + 1]
                self._index += 2
                if high < char:
                    raise RegexError("Invalid range end")
                tests.append(_range(char, high, self._ignore_case))
            else:
                tests.append(_same(char.lower() if self._ignore_case else char))
        self._index += 1
        return (
            (lambda one: not any(test(one) for test in tests))
            if negated
            else (lambda one: any(test(one) for test in tests))
        )


def _same(char: str) -> Test:
    return lambda one: one == char


def _range(low: str, high: str, ignore_case: bool) -> Test:
    if ignore_case:
        return lambda one: low <= one <= high or low <= one.upper() <= high
    return lambda one: low <= one <= high


@lru_cache(maxsize=64)
def compile_regex(pattern: str, *, extended: bool = True, ignore_case: bool = False) -> Regex:
    """The same, remembered. Raises RegexError."""
    return Regex(pattern, extended=extended, ignore_case=ignore_case)
