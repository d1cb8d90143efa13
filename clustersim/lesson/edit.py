"""A lesson file changed in places: everything else of it, comments too, stays as its author wrote it.

A place is named by its path, `steps/2/say/en`. What a form can change is listed in `PLACES`; nothing else is.
"""

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import pairwise
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from clustersim.digits import is_whole
from clustersim.lesson.steps import MOST_STEPS

_TEXT: Final = "(?:en|zh)"
PLACES: Final = re.compile(
    r"(?:title|goal)/" + _TEXT + r"|level|minutes|steps/\d{1,2}/(?:"
    r"(?:say|notes|reflect)/" + _TEXT + r"|run/(?:for|until|limit|speed)|check/\d{1,2}/(?:that|within)"
    r"|(?:do|task/solution)/\d{1,2}/(?:at|action|target)|task/(?:done|limit|text/" + _TEXT + r")"
    r"|ask/(?:text|explain|reply)/" + _TEXT + r"|ask/answer/(?:from|tolerance)|ask/(?:unit|kind)"
    r"|ask/options/\d{1,2}/(?:when|en|zh|(?:reply|explain)/" + _TEXT + r"))"
)  # fmt: skip
"""The places that a form can change."""

KINDS: Final = ("say", "ask", "do", "task", "reflect")
"""The kinds of steps that can be added."""

_NEW: Final[Mapping[str, Any]] = {
    "say": {"say": {"en": "…", "zh": "…"}},
    "reflect": {"reflect": {"en": "…?", "zh": "…？"}},
    "do": {"do": [{"at": "1s", "action": "stop-kubelet", "target": "n1"}], "run": {"for": "60s"}},
    "task": {
        "allow": ["start-kubelet"],
        "task": {
            "text": {"en": "…", "zh": "…"},
            "done": "n1.ready",
            "solution": [{"at": "1s", "action": "start-kubelet", "target": "n1"}],
        },
    },
    "ask": {
        "ask": {
            "kind": "choice",
            "text": {"en": "…?", "zh": "…？"},
            "options": [
                {"id": "a", "en": "…", "zh": "…", "when": "n1.ready", "reply": {"en": "…", "zh": "…"}},
                {"id": "b", "en": "…", "zh": "…", "when": "not n1.ready", "reply": {"en": "…", "zh": "…"}},
            ],
            "explain": {"en": "…", "zh": "…"},
        }
    },
}


class NotEditable(ValueError):
    """A text in which no places can be found: it is no lesson yet."""


class Document:
    """A lesson file that can be changed in places. Raises NotEditable."""

    def __init__(self, text: str) -> None:
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = 1 << 16
        self._yaml.indent(mapping=2, sequence=_sequence_indent(text) + 2, offset=_sequence_indent(text))
        try:
            self.root: Any = self._yaml.load(text)
        except (YAMLError, ValueError, RecursionError):
            raise NotEditable from None
        if not isinstance(self.root, CommentedMap) or not isinstance(self.root.get("steps"), CommentedSeq):
            raise NotEditable
        if not all(isinstance(step, CommentedMap) for step in self.steps):
            raise NotEditable

    @property
    def steps(self) -> CommentedSeq:
        """Its steps."""
        found: CommentedSeq = self.root["steps"]
        return found

    def text(self) -> str:
        """The whole file."""
        stream = StringIO()
        self._yaml.dump(self.root, stream)
        return stream.getvalue()

    def at(self, path: str) -> Any:
        """What stands at a place; None for nothing."""
        found: Any = self.root
        for name in path.split("/"):
            if isinstance(found, CommentedMap):
                found = found.get(name)
            elif isinstance(found, CommentedSeq) and is_whole(name) and int(name) < len(found):
                found = found[int(name)]
            else:
                return None
        return found

    # --- changing ------------------------------------------------------------------------------------------

    def put(self, path: str, value: str) -> None:
        """Write a value at a place; an empty one takes it away, with what is then empty around it."""
        value = value.replace("\r\n", "\n").strip()
        old = self.at(path)
        if (value == "" and old is None) or (old is not None and value == str(old).strip()):
            return
        names = path.split("/")
        if value:
            self._write(names, value, old)
        else:
            self._remove(names)

    def _write(self, names: list[str], value: str, old: Any) -> None:
        found: Any = self.root
        for name, following in pairwise(names):
            inner = self._inside(found, name)
            if inner is None:
                inner = CommentedSeq() if is_whole(following) else CommentedMap()
                if isinstance(found, CommentedSeq):
                    inner = _entry(found)
                    found.append(inner)
                else:
                    found[name] = inner
                    if isinstance(inner, CommentedMap):
                        inner.fa.set_flow_style()
            found = inner
        if isinstance(found, CommentedMap):
            found[names[-1]] = _like(old, value, names[-1])

    @staticmethod
    def _inside(found: Any, name: str) -> Any:
        if isinstance(found, CommentedSeq):
            return found[int(name)] if int(name) < len(found) else None
        inner = found.get(name) if isinstance(found, CommentedMap) else None
        return inner if isinstance(inner, CommentedMap | CommentedSeq) else None

    def _remove(self, names: list[str]) -> None:
        for length in range(len(names), 2, -1):
            parent = self.at("/".join(names[: length - 1]))
            name = names[length - 1]
            if isinstance(parent, CommentedMap) and name in parent:
                del parent[name]
            elif isinstance(parent, CommentedSeq) and int(name) < len(parent):
                del parent[int(name)]
            if parent and not _is_hollow(parent, name):
                return

    # --- steps ---------------------------------------------------------------------------------------------

    def move(self, index: int, by: int) -> None:
        """A step up or down."""
        to = index + by
        if 0 <= index < len(self.steps) and 0 <= to < len(self.steps):
            step = self.steps.pop(index)
            self.steps.insert(to, step)

    def remove(self, index: int) -> None:
        """A step away."""
        if 0 <= index < len(self.steps):
            del self.steps[index]

    def add(self, index: int, kind: str) -> None:
        """A step of this kind behind that one."""
        if kind not in KINDS or len(self.steps) >= MOST_STEPS:
            return
        names = [str(step.get("id", "")) for step in self.steps]
        name = next(f"{kind}-{number}" for number in range(1, 1000) if f"{kind}-{number}" not in names)
        step = CommentedMap({"id": name})
        step.update(_new(kind))
        if kind == "ask":
            step["ask"].insert(0, "id", f"q-{name}")
        self.steps.insert(min(index + 1, len(self.steps)), step)


def changed(text: str, places: Mapping[str, str]) -> str:
    """The text with these values at their places. Raises NotEditable."""
    document = Document(text)
    known = {path: value for path, value in places.items() if PLACES.fullmatch(path)}
    for path, value in known.items():
        if value.strip():
            document.put(path, value)
    for path in sorted(
        (path for path, value in known.items() if not value.strip()), key=_place, reverse=True
    ):
        document.put(path, "")
    return document.text()


def _place(path: str) -> tuple[str, ...]:
    """So that what is taken out of a list moves nothing that is still to be changed."""
    return tuple(name.zfill(4) if is_whole(name) else name for name in path.split("/"))


def _is_hollow(entry: Any, taken: str) -> bool:
    """The rest of an entry says nothing without what was taken: a check of nothing, a nameless option."""
    if not isinstance(entry, CommentedMap) or set(entry) == {"id"}:
        return isinstance(entry, CommentedMap)
    return taken == "that" or (
        "id" in entry
        and "ask" not in entry
        and not {"en", "zh"}.intersection(entry)
        and taken in ("en", "zh")
    )


def _sequence_indent(text: str) -> int:
    """How far the dashes of this author's lists stand in."""
    found = re.search(r"^steps:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", text, re.MULTILINE)
    return len(found[1]) if found is not None else 2


def _entry(around: CommentedSeq) -> CommentedMap:
    """An entry of a list like its others."""
    made = CommentedMap()
    if around and isinstance(around[-1], CommentedMap):
        if around[-1].fa.flow_style():
            made.fa.set_flow_style()
        if "id" in around[-1]:
            ids = [str(one.get("id", "")) for one in around]
            made["id"] = next(f"o{number}" for number in range(1, 100) if f"o{number}" not in ids)
    else:
        made.fa.set_flow_style()
    return made


def _like(old: Any, value: str, name: str) -> Any:
    """A value as the file had the one before it."""
    if name in ("minutes", "speed") and re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value) if "." in value else int(value)
    if isinstance(old, str) and type(old) is not str:
        return type(old)(value)
    plain = name in ("at", "action", "target", "for", "limit", "within", "level", "unit", "kind", "tolerance")
    plain = plain and value.isascii() and value.isprintable() and value[0].isalnum()
    return value if plain else DoubleQuotedScalarString(value)


def _new(kind: str) -> CommentedMap:
    return CommentedMap((name, _styled(value)) for name, value in _NEW[kind].items())


def _styled(value: Any) -> Any:
    """Small mappings on one line each, texts in quotes."""
    if isinstance(value, list):
        made: Any = CommentedSeq(_styled(one) for one in value)
        if all(isinstance(one, str) for one in value):
            made.fa.set_flow_style()
        return made
    if isinstance(value, dict):
        made = CommentedMap((name, _styled(inner)) for name, inner in value.items())
        if not any(isinstance(inner, list | dict) for inner in value.values()):
            made.fa.set_flow_style()
        return made
    return DoubleQuotedScalarString(value) if re.search(r"[ …?]", value) else value


def leaves(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place below one that a form can change, with its text."""
    if isinstance(found, CommentedMap):
        for name, inner in found.items():
            yield from leaves(inner, f"{path}/{name}" if path else str(name))
    elif isinstance(found, CommentedSeq):
        for index, inner in enumerate(found):
            yield from leaves(inner, f"{path}/{index}")
    elif PLACES.fullmatch(path):
        yield path, str(found)
