"""A lesson file changed in places: everything else of it, comments too, stays as its author wrote it.

A place is named by its path, `steps/2/say/en`. What a form can change is listed in `places`; nothing else is.
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

from clustersim.bounds import LARGEST_LESSON, MOST_IN_LESSON
from clustersim.digits import is_whole
from clustersim.faults import ACTIONS
from clustersim.lesson.file.beginnings import KINDS, OF_A_KIND, of_a_row, part, step
from clustersim.lesson.file.places import ALIASES, ARGUMENTS, Form, is_editable, place_of
from clustersim.lesson.file.schema import LANGUAGES
from clustersim.lesson.file.steps import MOST_STEPS
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.yaml_size import check_size

_DECIDING: Final = ("/ask/kind", "/action")
"""Keys on whose values it depends which others stand beside them."""
_PLAIN: Final = (Form.WORD, Form.TIME)
"""Forms whose values need no quotes."""


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
            check_size(text, MOST_IN_LESSON, longest=LARGEST_LESSON)
            self.root: Any = self._yaml.load(text)
        except (ScenarioError, YAMLError, ValueError, RecursionError):
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
                found = found.get(_own(found, name))
            elif isinstance(found, str) and name == LANGUAGES[0]:
                continue
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
        if value == written(old):
            return
        names = path.split("/")
        if value:
            self._write(names, value, old)
        else:
            self._remove(names)
        if names[-1] == "id" and len(names) == 3 and value:
            self._rename(old, value)

    def _rename(self, old: Any, name: str) -> None:
        """A step that is called otherwise is spoken of so."""
        for ask in (one.get("ask") for one in self.steps):
            if isinstance(ask, CommentedMap) and ask.get("judge-after") == old:
                ask["judge-after"] = name

    def fit(self, path: str) -> None:
        """What stands beside the kind of a question, or beside an action, is what belongs to it."""
        around, chosen = self.at(path.rpartition("/")[0]), written(self.at(path))
        if not isinstance(around, CommentedMap):
            return
        if path.endswith("/action") and chosen in ACTIONS:
            own = [parameter.name for parameter in ACTIONS[chosen].parameters]
            for key in [key for key in around if key in ARGUMENTS and key not in own]:
                del around[key]
        if path.endswith("/ask/kind") and chosen in OF_A_KIND:
            own_keys = OF_A_KIND[chosen]
            strange = {key for keys in OF_A_KIND.values() for key in keys} - set(own_keys)
            for key in (strange | {"traps"}) & set(around):
                del around[key]
            for key, begun in own_keys.items():
                if begun is not None and key not in around:
                    around.insert(len(around), key, part(begun))

    def begin(self, path: str) -> None:
        """Give a step a part that it lacks, or a list one entry more."""
        place, around, found = place_of(path), self.at(path.rpartition("/")[0]), self.at(path)
        if place is None or not isinstance(around, CommentedMap):
            return
        if place.form is Form.ROWS and isinstance(found, CommentedSeq):
            ids = [str(one.get("id")) for one in found if isinstance(one, CommentedMap)]
            found.append(of_a_row(place.key, ids))
        elif found is None and (begun := part(place.key)) is not None:
            if place.key == "ask":
                begun["id"] = f"q-{around.get('id')}"
            # Not as the last key: comments before the next step stand behind that.
            around.insert(max(1, len(around) - 1), place.key, begun)

    def drop(self, path: str) -> None:
        """Take a part of a step away, or an entry of a list."""
        place = place_of(path)
        if place is not None and path.startswith("steps/") and path.count("/") > 1:
            self._remove(path.split("/"))

    def _write(self, names: list[str], value: str, old: Any) -> None:
        found: Any = self.root
        for name, following in pairwise(names):
            inner = self._inside(found, _own(found, name), following)
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
            place = place_of("/".join(names))
            found[_own(found, names[-1])] = _like(old, value, Form.WORD if place is None else place.form)

    @staticmethod
    def _inside(found: Any, name: str, following: str) -> Any:
        if isinstance(found, CommentedSeq):
            return found[int(name)] if int(name) < len(found) else None
        inner = found.get(name) if isinstance(found, CommentedMap) else None
        if isinstance(inner, str) and following in LANGUAGES:  # a draft's plain English text
            found[name] = inner = CommentedMap({LANGUAGES[0]: inner})
            inner.fa.set_flow_style()
        return inner if isinstance(inner, CommentedMap | CommentedSeq) else None

    def _remove(self, names: list[str]) -> None:
        for length in range(len(names), 2, -1):
            parent = self.at("/".join(names[: length - 1]))
            name = _own(parent, names[length - 1])
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
        if kind in KINDS and len(self.steps) < MOST_STEPS:
            names = [str(step.get("id", "")) for step in self.steps]
            self.steps.insert(min(index + 1, len(self.steps)), step(kind, names))


def changed(text: str, places: Mapping[str, str]) -> str:
    """The text with these values at their places. Raises NotEditable."""
    document = Document(text)
    known = {path: value for path, value in places.items() if is_editable(path)}
    decided = [
        path for path in known if path.endswith(_DECIDING) and written(document.at(path)) != known[path]
    ]
    for path, value in known.items():
        if value.strip():
            document.put(path, value)
    for path in decided:
        document.fit(path)
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


def _own(found: Any, name: str) -> str:
    """What a mapping calls a key: underscores are as good as hyphens, and some keys have two names."""
    if not isinstance(found, CommentedMap) or name in found:
        return name
    others = (name.replace("-", "_"), *ALIASES.get(name, ()))
    return next((other for other in others if other in found), name)


def written(value: Any) -> str:
    """A value as a form has it; "" for what is more than a value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, CommentedSeq):
        single = not any(isinstance(one, CommentedMap | CommentedSeq) for one in value)
        return ", ".join(str(one) for one in value) if single else ""
    return "" if value is None or isinstance(value, CommentedMap) else str(value).strip()


def _like(old: Any, value: str, form: Form) -> Any:
    """A value as the file had the one before it."""
    if form is Form.NAMES:
        names = CommentedSeq(name.strip() for name in value.split(",") if name.strip())
        names.fa.set_flow_style()
        return names
    if form is Form.YES and value in ("true", "false"):
        return value == "true"
    number = form is Form.NUMBER or isinstance(old, int | float)
    if number and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return float(value) if "." in value else int(value)
    if isinstance(old, str) and type(old) is not str:
        return type(old)(value)
    plain = form in _PLAIN and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9./_-]*", value)
    return value if plain else DoubleQuotedScalarString(value)


def leaves(found: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single value below a place, with its path."""
    place = place_of(path) if path else None
    if place is not None and place.form is Form.NAMES:
        yield path, written(found)
    elif isinstance(found, CommentedMap):
        for name, inner in found.items():
            yield from leaves(inner, f"{path}/{name}" if path else str(name))
    elif isinstance(found, CommentedSeq):
        for index, inner in enumerate(found):
            yield from leaves(inner, f"{path}/{index}")
    else:
        yield path, written(found)
