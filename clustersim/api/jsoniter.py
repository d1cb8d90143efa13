"""The reading half of the decoder of v1.8: how far a body was read, and the first fault in it.

It goes on after it has found a fault, a character or two beside where it should be; what it reads meanwhile
stands in its message, too. Bytes, as Go counts them.
Source: v1.8.0 vendor/github.com/json-iterator/go, feature_iter*.go.
"""

import re
from collections.abc import Callable
from typing import Final

_PLAIN: Final = re.compile(rb'[^"\\]*')
_ESCAPED: Final = re.compile(rb'(?:[^"\\]|\\.)*')
_NUMBER: Final = re.compile(rb"[-+.eE0-9]*")


class Iterator:
    """The body and how far it was read. Bytes, as Go counts them."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.head = 0
        self.ended = False
        self.fault = ""
        self.around: list[str] = []

    def told(self) -> str:
        return ": ".join([*reversed(self.around), self.fault]) if self.fault else ""

    def report(self, operation: str, message: str) -> None:
        if self.fault:
            return
        before = self.body[max(self.head - 10, 0) : self.head].decode(errors="replace")
        whole = self.body.decode(errors="replace")
        self.fault = f"{operation}: {message}, parsing {self.head} ...{before}... at {whole}"

    def within(self, name: str) -> None:
        """Once a fault is found: what it is in."""
        if self.fault:
            self.around.append(name)

    def next(self) -> bytes:
        """The next character; nothing at the end."""
        found = self.body[self.head : self.head + 1]
        if found:
            self.head += 1
        else:
            self.ended = True
        return found

    def back(self) -> None:
        """The last character is not read yet. After a fault it is."""
        if not self.fault and not self.ended:
            self.head -= 1

    def word(self, rest: bytes, whole: str) -> None:
        for expected in rest:
            if self.next() != bytes([expected]):
                self.report("skipFourBytes" if len(rest) == 4 else "skipThreeBytes", f"expect {whole}")
                return

    def null(self) -> bool:
        if self.next() == b"n":
            self.word(b"ull", "ull")
            return True
        self.back()
        return False

    def string(self, *, name: bool = False) -> bytes:
        first = self.next()
        if first == b'"':
            return self._rest_of_string()
        if first == b"n" and not name:
            self.word(b"ull", "ull")
            return b""
        self.report("ReadString", 'expects " or n')
        return b""

    def _rest_of_string(self) -> bytes:
        found = _PLAIN.match(self.body, self.head)
        assert found is not None
        if self.body[found.end() : found.end() + 1] != b'"':
            if self.fault:
                return b""
            found = _ESCAPED.match(self.body, self.head)
            assert found is not None
        self.head = min(found.end() + 1, len(self.body))
        return found[0]

    def number(self) -> bytes:
        found = _NUMBER.match(self.body, self.head)
        assert found is not None
        self.head = found.end()
        return found[0]

    def array(self, item: Callable[["Iterator"], None]) -> None:
        first = self.next()
        if first == b"[":
            if self.next() == b"]":
                return
            self.back()
            item(self)
            while (after := self.next()) == b",":
                item(self)
            if after != b"]":
                self.report("ReadArrayCB", "expect ] in the end")
        elif first == b"n":
            self.word(b"ull", "ull")
        else:
            self.report("ReadArrayCB", f"expect [ or n, but found: {first.decode(errors='replace')}")

    def object(self, entry: Callable[["Iterator", bytes], None], *, fields: bool) -> None:
        operation = "ReadObjectCB" if fields else "ReadMapCB"
        first = self.next()
        if first == b"n":
            self.word(b"ull", "ull")
            return
        if first != b"{":
            self.report(operation, "expect { or n")
            return
        first = self.next()
        if first == b"}":
            return
        if first != b'"':
            self.report(operation, 'expect " after }')
            return
        self.back()
        while True:
            name = self.string(name=fields)
            if self.next() != b":":
                self.report(operation, "expect : after object field")
                return
            entry(self, name)
            after = self.next()
            if after != b",":
                break
        if after != b"}":
            self.report(operation, "object not ended with }")

    def skip(self) -> None:
        first = self.next()
        if first == b'"':
            self._rest_of_string()
        elif first in (b"n", b"t"):
            self.word(*((b"ull", "ull") if first == b"n" else (b"rue", "rue")))
        elif first == b"f":
            self.word(b"alse", "alse")
        elif first and first in b"-0123456789":
            self.number()
        elif first == b"[":
            self.back()
            self.array(Iterator.skip)
        elif first == b"{":
            self.back()
            self.object(lambda iterator, _name: iterator.skip(), fields=True)
        else:
            self.report("Skip", f"do not know how to skip: {ord(first or bytes(1))}")

    def skipped(self) -> bytes:
        """The bytes of the next value."""
        start = self.head
        self.skip()
        return self.body[start : self.head]
