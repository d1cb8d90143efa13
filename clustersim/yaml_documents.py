"""Manifests as people publish them: YAML 1.1 or JSON, several documents, anchors, lists of objects.

The API server gets JSON, so every document becomes plain values as kubectl's converter makes them
(github.com/ghodss/yaml over yaml.v2; sigs.k8s.io/yaml). What a few lines could blow up to is bounded.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.scanner import ScannerError

LONGEST: Final = 256 * 1024
"""Characters of a text."""

MOST_DOCUMENTS: Final = 1000
MOST_VALUES: Final = 100_000
DEEPEST: Final = 64

_SEPARATOR: Final = re.compile(r"(?m)^---\s*(?:#.*)?$")
_INTEGER: Final = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[1-9][0-9_]*|0)\Z")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **{word: True for text in ("yes", "true", "on", "y") for word in (text, text.title(), text.upper())},
    **{word: False for text in ("no", "false", "off", "n") for word in (text, text.title(), text.upper())},
}

_TRUTH: Final = {
    word: value for word, value in _WORDS.items() if value is None or word.lower() in ("true", "false")
}
"""The same, of YAML 1.2."""


class ManifestError(ValueError):
    """A text that is no YAML. line: where, from 1 on; 0 where that is not known. told: how Go's readers say
    it, which count the lines of each document for themselves."""

    def __init__(self, message: str, line: int = 0, told: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.told = told or f"error converting YAML to JSON: yaml: {message}"
        self.before: list[Document] = []
        """The documents before that one."""


class Document(msgspec.Struct, frozen=True):
    """One object of a text, and the line of the text at which its document begins."""

    plain: Any
    line: int


def read_documents(text: str, *, today: bool = False) -> list[Document]:
    """The documents of a text, those that are empty left out; the items of a List count as documents. today:
    yes, no, on, off, y and n are texts, as YAML 1.2 and kustomize have them. Raises ManifestError."""
    if len(text) > LONGEST:
        raise ManifestError(
            f"the text has more than {LONGEST} characters, the most that is read at once here"
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = text if text.endswith("\n") else f"{text}\n"
    found: list[Document] = []
    if text.lstrip().startswith("{") and _SEPARATOR.search(text) is None:
        for plain in _jsons(text, _TRUTH if today else _WORDS):
            _few(found)
            found += _unlisted(plain, 1)
        return _few(found)
    start, line = 0, 1
    for end, following in [
        *((m.start(), m.end()) for m in _SEPARATOR.finditer(text)),
        (len(text), len(text)),
    ]:
        part = text[start:end].removeprefix("\n")
        if part.strip():
            try:
                begins = line + int(text.startswith("\n", start) and start > 0)
                plain = _Reader(_TRUTH if today else _WORDS).read(part, begins)
            except ManifestError as error:
                error.before = found
                raise
            if plain is not None:
                found += _unlisted(plain, line)
        _few(found)
        line += text.count("\n", start, following)
        start = following
    return found


def _jsons(text: str, words: Mapping[str, Any]) -> Iterator[Any]:
    """Objects of JSON, one after the other (apimachinery pkg/util/yaml YAMLOrJSONDecoder), or one of YAML."""
    try:
        yield msgspec.json.decode(text)
        return
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        several = list(_one_after_another(text))
    except json.JSONDecodeError as error:
        try:
            yield _Reader(words).read(text, 1)
        except ManifestError as no_yaml:
            no_yaml.told = _as_json(text, error) or no_yaml.told
            raise
        return
    except (ValueError, RecursionError):
        yield _Reader(words).read(text, 1)
        return
    yield from several


_LOOKED_FOR: Final = {
    "Expecting property name": "looking for beginning of object key string",
    "Expecting value": "looking for beginning of value",
    "Expecting ':' delimiter": "after object key",
}


def _as_json(text: str, error: json.JSONDecodeError) -> str:
    """What encoding/json says of it; empty where its words are not known here."""
    if error.pos >= len(text.rstrip()):
        return "unexpected EOF"
    looked_for = next((told for why, told in _LOOKED_FOR.items() if error.msg.startswith(why)), "")
    told = f"json: offset {error.pos + 1}: invalid character '{text[error.pos]}' {looked_for}"
    return told if looked_for else ""


def _one_after_another(text: str) -> Iterator[Any]:
    """Raises ValueError."""
    decoder, place = json.JSONDecoder(), 0
    for _count in range(MOST_DOCUMENTS + 1):
        place += len(text[place:]) - len(text[place:].lstrip())
        if place == len(text):
            return
        value, place = decoder.raw_decode(text, place)
        yield value


def _unlisted(plain: Any, line: int) -> list[Document]:
    """A list of objects is as good as its objects, also where it says of which kind they all are."""
    kind = plain.get("kind") if isinstance(plain, dict) else None
    if isinstance(kind, str) and kind.endswith("List") and isinstance(plain.get("items"), list):
        told = {"apiVersion": plain.get("apiVersion"), "kind": kind.removesuffix("List")}
        items = plain["items"][: MOST_DOCUMENTS + 1]
        return [Document(_told(item, told) if told["kind"] else item, line) for item in items]
    return [Document(plain, line)]


def _told(item: Any, told: dict[str, Any]) -> Any:
    """An item that does not say what it is is what its list says (UnstructuredJSONScheme)."""
    says = not isinstance(item, dict) or item.get("kind") or item.get("apiVersion")
    return item if says else {**told, **item}


def _few(found: list[Document]) -> list[Document]:
    if len(found) > MOST_DOCUMENTS:
        raise ManifestError(f"the text has more than {MOST_DOCUMENTS} objects")
    return found


class _Reader:
    """Makes values of one document; `values` counts them, so that anchors cannot multiply without end."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.values = 0
        self.words = words
        self._lines: list[str] = []

    def read(self, text: str, line: int) -> Any:
        self._lines = text.split("\n")
        try:
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = str(getattr(error, "problem", None) or "cannot be read")
            if problem == "found undefined alias" and mark is not None:
                name = _ALIAS.match(text.split("\n")[mark.line][mark.column :])
                problem = f"unknown anchor '{name[1] if name is not None else ''}' referenced"
                raise ManifestError(problem, line + mark.line) from None
            where = line + mark.line if mark is not None else 0
            raise ManifestError(problem, where, _as_go_says(problem, error)) from None
        except RecursionError:
            raise ManifestError("the document is too deep", line) from None
        return None if node is None else self._value(node, line, 0)

    def _value(self, node: Node, line: int, depth: int) -> Any:
        self.values += 1
        if self.values > MOST_VALUES or depth > DEEPEST:
            raise ManifestError("document contains excessive aliasing", line + node.start_mark.line)
        if isinstance(node, ScalarNode):
            return self._scalar(node, line)
        if isinstance(node, SequenceNode):
            return [self._value(item, line, depth + 1) for item in node.value]
        return self._mapping(node, line, depth) if isinstance(node, MappingNode) else None

    def _scalar(self, node: ScalarNode, line: int) -> Any:
        """A text may have a tag of its own, which the value has to fit."""
        value, mark = _scalar(node, self.words), node.start_mark
        if self._lines[mark.line][mark.column : mark.column + 2] != "!!" or node.style:
            return value
        wanted, found = node.tag.rpartition(":")[2], _TAGS[type(value)]
        if wanted == "str":
            return str(node.value)
        if wanted not in _TAGS.values() or wanted == found or (wanted, found) == ("float", "int"):
            return value
        told = f"yaml: cannot decode !!{found} `{node.value[:80]}` as a !!{wanted}"
        raise ManifestError(told, line + mark.line, f"error converting YAML to JSON: {told}")

    def _mapping(self, node: MappingNode, line: int, depth: int) -> dict[str, Any]:
        # A key that is given twice has its last value, as yaml.v2 has it unless it is told to be strict.
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, line, self.words)
            if key is None:
                raise ManifestError("a key is null", line + key_node.start_mark.line, _null_key(value_node))
            if key_node.tag == "tag:yaml.org,2002:merge" and key == "<<":
                sources = value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                for source in reversed(sources):
                    inner = self._value(source, line, depth + 1)
                    merged.update(inner if isinstance(inner, dict) else {})
                continue
            found[key] = self._value(value_node, line, depth + 1)
        return {**merged, **found}


_TAGS: Final = {bool: "bool", float: "float", int: "int", str: "str", type(None): "null"}


def _null_key(value: Node) -> str:
    """What is said of a key that is null (sigs.k8s.io/yaml convertToJSONableObject)."""
    told = f"unsupported map key of type: %!s(<nil>), key: <nil>, value: {_as_go(value)}"
    return f"error converting YAML to JSON: {told}"


_ALIAS: Final = re.compile(r"\*([-\w]*)")


def _as_go_says(problem: str, error: yaml.YAMLError) -> str:
    """yaml.v2 yaml.go (*parser).fail: lines from 0 on, but those of the scanner."""
    place = ""
    for mark in (getattr(error, "problem_mark", None), getattr(error, "context_mark", None)):
        if mark is not None and mark.line and not place:
            scanned = isinstance(error, ScannerError) and mark is getattr(error, "problem_mark", None)
            place = f"line {mark.line + int(scanned)}: "
    return f"error converting YAML to JSON: yaml: {place}{problem}"


def _as_go(node: Node, deep: int = 2) -> str:
    """A list or a mapping as Go prints it where it stands for a key, that of {{name}} in templates; of what
    lies deeper only that there is something."""
    if isinstance(node, ScalarNode):
        return f'"{node.value[:80]}"' if node.value else "interface {}(nil)"
    if not deep:
        return "interface {}{...}"
    if isinstance(node, MappingNode):
        pairs = [f"{_as_go(key, deep - 1)}:{_as_go(value, deep - 1)}" for key, value in node.value[:5]]
        return f"map[interface {{}}]interface {{}}{{{', '.join(pairs)}}}"
    return f"[]interface {{}}{{{', '.join(_as_go(item, deep - 1) for item in node.value[:5])}}}"


def _key(node: Node, line: int, words: Mapping[str, Any]) -> str | None:
    if not isinstance(node, ScalarNode):
        raise ManifestError(f"invalid map key: {_as_go(node)}", line + node.start_mark.line)
    value = _scalar(node, words)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _scalar(node: ScalarNode, words: Mapping[str, Any]) -> Any:
    text = str(node.value)
    if node.style in ("'", '"', "|", ">") or node.tag == "tag:yaml.org,2002:binary":
        return text
    if text in words:
        return words[text]
    if _INTEGER.match(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.match(text):
        number = float(text)
        if not math.isfinite(number):
            return text
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return text


def _integer(text: str) -> int | str:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.removeprefix("+"))
    base = {"0b": 2, "0x": 16, "0o": 8}.get(digits[:2], 8 if digits[0] == "0" and len(digits) > 1 else 10)
    stripped = digits[2:] if digits[:2] in ("0b", "0x", "0o") else digits
    try:
        return sign * int(stripped, base) if len(stripped) <= 40 else text
    except ValueError:
        return text
