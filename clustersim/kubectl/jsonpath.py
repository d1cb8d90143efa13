"""JSONPath as kubectl has it: -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'.

Sources: client-go util/jsonpath (parser.go, jsonpath.go), v1.7.5 and v1.8.0 pkg/kubectl/... printers. A field
that is not there gives nothing; an index that is not there is an error.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from clustersim.api.goformat import go_text
from clustersim.kubectl.jsonpath_steps import (
    JsonPathError,
    Path,
    Values,
    chosen_by,
    each,
    everything,
    field,
    index,
    through,
)

LONGEST: Final = 2000
DEEPEST: Final = 20

_FIELD: Final = re.compile(r"(?:\\.|[^\s\\.\[\]{}()\"'=!<>,|&])+")
_OPERATOR: Final = re.compile(r"\s*(==|!=|<=|>=|<|>)\s*")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?\Z")

UNEXPECTED_PATH: Final = "unexpected path string, expected a " + " or ".join(
    f"'{form}'" for form in ("name1.name2", ".name1.name2", "{name1.name2}", "{.name1.name2}")
)
_RELAXED: Final = re.compile(r"\{[^{}]+\}|[^{}]*")


class _Text(NamedTuple):
    text: str


class _Show(NamedTuple):
    path: Path


class _Range(NamedTuple):
    path: Path
    body: "list[_Node]"


_Node = _Text | _Show | _Range


class JsonPath:
    """A compiled template. `as_json`: maps and lists are printed as JSON (since v1.17), else as Go prints
    them; strict: a field that is not there is refused. Raises JsonPathError."""

    def __init__(self, template: str, *, as_json: bool = False, strict: bool = False) -> None:
        if len(template) > LONGEST:
            raise JsonPathError("the template is too long")
        self._as_json = as_json
        self._nodes, rest = _nodes(_pieces(template), 0, strict=strict)
        if rest:
            raise JsonPathError("not in range, nothing to end")

    def text(self, data: Any) -> str:
        """What it prints of that data. Raises JsonPathError."""
        found: list[str] = []
        self._print(self._nodes, data, found)
        return "".join(found)

    def _print(self, nodes: "list[_Node]", data: Any, into: list[str]) -> None:
        for node in nodes:
            match node:
                case _Text(text):
                    into.append(text)
                case _Show(path):
                    into.append(" ".join(self._told(value) for value in path([data])))
                case _Range(path, body):
                    for item in path([data]):
                        self._print(body, item, into)

    def _told(self, value: Any) -> str:
        if self._as_json and isinstance(value, dict | list):
            return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        if self._as_json and value is None:
            return "null"
        return go_text(value)


def find(expression: str, data: Any) -> Values:
    """The values of one path, relaxed as --sort-by and custom columns take it: "{.a.b}", ".a.b", "a.b".
    Raises JsonPathError."""
    return compile_path(expression)(data)


def relaxed(expression: str) -> str:
    """A path as --sort-by and custom columns take it (v1.7.5 pkg/kubectl/custom_column_printer.go
    massageJSONPath, today RelaxedJSONPathExpression). Raises JsonPathError."""
    if _RELAXED.fullmatch(expression) is None:
        raise JsonPathError(UNEXPECTED_PATH)
    return expression


def compile_path(expression: str) -> Callable[[Any], Values]:
    """The same, to be applied to many. Raises JsonPathError."""
    inner = expression.strip().removeprefix("{").removesuffix("}").strip()
    if inner and inner[0] not in ".[$@":
        inner = f".{inner}"
    reader = _Reader(inner)
    path = reader.path()
    reader.end()
    return lambda data: path([data])


def _pieces(template: str) -> list[tuple[bool, str]]:
    """Text and actions, in order. Raises JsonPathError."""
    found: list[tuple[bool, str]] = []
    index = 0
    while index < len(template):
        start = template.find("{", index)
        if start < 0:
            found.append((False, template[index:]))
            break
        if start > index:
            found.append((False, template[index:start]))
        end, quote = start + 1, ""
        while end < len(template) and (quote or template[end] != "}"):
            char = template[end]
            if char == "\\":
                end += 1
            elif char == quote:
                quote = ""
            elif not quote and char in "\"'":
                quote = char
            end += 1
        if end >= len(template):
            raise JsonPathError("unclosed action")
        found.append((True, template[start + 1 : end].strip()))
        index = end + 1
    return found


def _nodes(pieces: list[tuple[bool, str]], depth: int, *, strict: bool) -> tuple[list[_Node], bool]:
    """Nodes up to the end, or to an {end}; whether there was one. `pieces` are used up."""
    if depth > DEEPEST:
        raise JsonPathError("ranges are too deep")
    nodes: list[_Node] = []
    while pieces:
        action, text = pieces.pop(0)
        if not action:
            nodes.append(_Text(text))
        elif text == "end":
            return nodes, True
        elif text == "range" or text.startswith("range "):
            reader = _Reader(text.removeprefix("range").strip(), strict=strict)
            path = reader.path()
            reader.end()
            body, ended = _nodes(pieces, depth + 1, strict=strict)
            if not ended:
                raise JsonPathError("unexpected end of range")
            nodes.append(_Range(path, body))
        elif text[:1] in ("'", '"'):
            nodes.append(_Text(_unquoted(text)))
        else:
            nodes += _shown(text, strict=strict)
    return nodes, False


def _shown(text: str, *, strict: bool) -> list[_Node]:
    """An action may hold several paths and texts: {.a "x" .b}."""
    nodes: list[_Node] = []
    reader = _Reader(text, strict=strict)
    while not reader.done:
        if reader.peek() in ("'", '"'):
            nodes.append(_Text(reader.quoted()))
        else:
            nodes.append(_Show(reader.path()))
        reader.blanks()
    return nodes


def _unquoted(text: str) -> str:
    if len(text) < 2 or text[-1] != text[0]:
        raise JsonPathError("unterminated quoted string")
    escapes = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match[1], match[1]), text[1:-1])


class _Reader:
    """Reads one path."""

    def __init__(self, text: str, depth: int = 0, *, strict: bool = False) -> None:
        if depth > DEEPEST:
            raise JsonPathError("filters are too deep")
        self._text = text
        self._index = 0
        self._depth = depth
        self._strict = strict

    @property
    def done(self) -> bool:
        return self._index >= len(self._text)

    def peek(self, count: int = 1) -> str:
        return self._text[self._index : self._index + count]

    def blanks(self) -> None:
        while self.peek().isspace():
            self._index += 1

    def end(self) -> None:
        self.blanks()
        if not self.done:
            raise JsonPathError(f"unrecognized character in action: {self.peek()!r}")

    def _key(self, quoted: str) -> Path:
        """A quoted key is a path: a dot that belongs to a name has a backslash before it (parser.go
        parseArray)."""
        inner = _Reader(f".{quoted[1:-1]}", self._depth + 1, strict=self._strict)
        path = inner.path()
        inner.end()
        return path

    def quoted(self) -> str:
        return _unquoted(self.quoted_raw())

    def quoted_raw(self) -> str:
        quote, end = self.peek(), self._index + 1
        while end < len(self._text) and self._text[end] != quote:
            end += 2 if self._text[end] == "\\" else 1
        if end >= len(self._text):
            raise JsonPathError("unterminated quoted string")
        found = self._text[self._index : end + 1]
        self._index = end + 1
        return found

    def path(self) -> Path:
        """A path from the current value on."""
        steps: list[Path] = []
        self.blanks()
        if self.peek() in ("$", "@"):
            self._index += 1
        elif self.peek().isalpha():
            raise JsonPathError(f"unrecognized identifier {self._name()}")
        elif self.peek() not in (".", "["):
            raise JsonPathError(f"unrecognized character in action: {self.peek() or 'end'!r}")
        while not self.done:
            if self.peek(2) == "..":
                self._descend(steps)
            elif self.peek() == ".":
                self._index += 1
                if self.peek() == "*":
                    self._index += 1
                    steps.append(each)
                elif self.peek() not in ("", "[") and not self.peek().isspace():
                    steps.append(field(self._name(), strict=self._strict))
            elif self.peek() == "[":
                steps.append(self._bracket())
            else:
                break
        return lambda values: through(steps, values)

    def _descend(self, steps: list[Path]) -> None:
        if steps[-1:] == [everything]:
            raise JsonPathError("invalid multiple recursive descent")
        self._index += 2
        steps.append(everything)
        if self.peek() == "*":
            self._index += 1
        elif self.peek() not in ("[", ".", ""):
            steps.append(field(self._name()))

    def _name(self) -> str:
        match = _FIELD.match(self._text, self._index)
        if match is None:
            raise JsonPathError(f"unrecognized character in action: {self.peek()!r}")
        self._index = match.end()
        return re.sub(r"\\(.)", r"\1", match[0])

    def _bracket(self) -> Path:
        self._index += 1
        if self.peek(2) == "?(":
            self._index += 2
            return self._filter()
        parts: list[Path] = []
        while True:
            self.blanks()
            if self.peek() in ("'", '"'):
                parts.append(self._key(self.quoted_raw()))
            else:
                start = self._index
                while not self.done and self.peek() not in (",", "]"):
                    self._index += 1
                parts.append(index(self._text[start : self._index].strip()))
            self.blanks()
            if self.peek() == ",":
                self._index += 1
                continue
            if self.peek() != "]":
                raise JsonPathError("unterminated array")
            self._index += 1
            break
        if len(parts) == 1:
            return parts[0]
        return lambda values: [found for part in parts for found in part(values)]

    def _filter(self) -> Path:
        left = self._operand()
        match = _OPERATOR.match(self._text, self._index)
        operator, right = "exists", left
        if match is not None:
            operator, self._index = match[1], match.end()
            right = self._operand()
        self.blanks()
        if self.peek(2) != ")]":
            raise JsonPathError("unclosed filter" if self.done else f"invalid filter near {self.peek(10)!r}")
        self._index += 2

        return chosen_by(left, operator, right)

    def _operand(self) -> Callable[[Any], Values]:
        self.blanks()
        if self.peek() in ("'", '"'):
            text = self.quoted()
            return lambda item: [text]
        if self.peek() in ("@", "."):
            inner = _Reader(self._text[self._index :], self._depth + 1)
            path = inner.path()
            self._index += inner._index
            return lambda item: path([item])
        start = self._index
        while not self.done and self.peek() not in (")", "=", "!", "<", ">", " "):
            self._index += 1
        word = self._text[start : self._index]
        if word in ("true", "false"):
            return lambda item: [word == "true"]
        if not _NUMBER.match(word):
            raise JsonPathError(f"unrecognized identifier {word}")
        return lambda item: [float(word)]
