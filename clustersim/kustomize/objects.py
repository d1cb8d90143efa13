"""Objects while a kustomization is built: what they were called before, and which one is meant by a name.

Source: kustomize api/resource, api/resmap, kyaml/resid.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from clustersim.api.registry import resource_of_kind
from clustersim.api.selectors import parse_label_selector, selects
from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.patterns import LONGEST_NAME, pattern_of

Plain = dict[str, Any]

DEFAULT: Final = "default"


class Kind(NamedTuple):
    """Group, version and kind; of a pattern an empty part fits all."""

    group: str
    version: str
    kind: str

    def fits(self, pattern: "Kind") -> bool:
        """Whether it is one of those meant."""
        return all(not wanted or own == wanted for own, wanted in zip(self, pattern, strict=True))

    def __str__(self) -> str:
        return f"{self.kind or '[noKind]'}.{self.version or '[noVer]'}.{self.group or '[noGrp]'}"


class Id(NamedTuple):
    """What an object is known by."""

    kind: Kind
    name: str
    namespace: str

    def same(self, other: "Id") -> bool:
        """Whether both are the same object; no namespace is the usual one."""
        return (self.kind, self.name, self.space) == (other.kind, other.name, other.space)

    @property
    def space(self) -> str:
        """Its namespace; of what has none a word that is no name."""
        return self.namespace or DEFAULT if is_namespaced(self.kind.kind) else "_non_namespaceable_"

    def __str__(self) -> str:
        return f"{self.kind}/{self.name or '[noName]'}.{self.namespace or '[noNs]'}"


def is_namespaced(kind: str) -> bool:
    """Whether objects of a kind have a namespace; those of kinds that nobody knows do."""
    resource = resource_of_kind(kind)
    return resource is None or resource.namespaced


def kind_of(plain: Plain) -> Kind:
    """What an object is."""
    group, _slash, version = str(plain.get("apiVersion") or "").rpartition("/")
    return Kind(group, version, str(plain.get("kind") or ""))


class Object:
    """One object. previous: what it was known by; hashed: its name gets a suffix made of its content;
    behavior: what becomes of another one with its name; origin: where it came from."""

    def __init__(self, plain: Plain, *, hashed: bool = False, behavior: str = "", origin: str = "") -> None:
        self.plain = plain
        self.hashed = hashed
        self.behavior = behavior
        self.origin = origin
        self.previous: list[Id] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []

    @property
    def metadata(self) -> Plain:
        """Its metadata, to be changed."""
        found = self.plain.get("metadata")
        if not isinstance(found, dict):
            found = self.plain["metadata"] = {}
        return found

    @property
    def name(self) -> str:
        return str(self.metadata.get("name") or "")

    @property
    def id(self) -> Id:
        """What it is known by now."""
        return Id(kind_of(self.plain), self.name, str(self.metadata.get("namespace") or ""))

    @property
    def first_id(self) -> Id:
        """What it was known by in the beginning."""
        return self.previous[0] if self.previous else self.id

    def ids(self) -> Iterator[Id]:
        """All it was ever known by."""
        yield from self.previous
        yield self.id

    def remember(self) -> None:
        """Before something changes what it is known by."""
        self.previous.append(self.id)


class Objects:
    """Those of a kustomization, in their order."""

    def __init__(self) -> None:
        self.found: list[Object] = []

    def __iter__(self) -> Iterator[Object]:
        return iter(list(self.found))

    def add(self, one: Object) -> None:
        """Raises KustomizeError where it is there already."""
        if any(one.id.same(other.id) for other in self.found):
            raise KustomizeError(f"may not add resource with an already registered id: {one.id}")
        self.found.append(one)

    def by_any_id(self, fits: Callable[[Id], bool]) -> list[Object]:
        """Those that are, or were once, known by something that fits."""
        return [one for one in self.found if any(fits(known) for known in one.ids())]

    def selected(self, target: Plain) -> list[Object]:
        """Those that a target means: by patterns, labels and annotations. Raises KustomizeError."""
        patterns = {
            part: pattern_of(str(target[part]))
            for part in ("group", "version", "kind", "name", "namespace")
            if target.get(part)
        }
        labels, annotations = (
            parse_label_selector(str(target.get(field) or ""))
            for field in ("labelSelector", "annotationSelector")
        )
        return [
            one
            for one in self.found
            if any(_fits(known, patterns) for known in one.ids())
            and selects(labels, _texts(one.metadata.get("labels")))
            and selects(annotations, _texts(one.metadata.get("annotations")))
        ]


def _texts(found: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _fits(known: Id, patterns: dict[str, re.Pattern[str]]) -> bool:
    parts = {**known.kind._asdict(), "name": known.name, "namespace": known.namespace}
    if "namespace" in patterns and not known.namespace:
        parts["namespace"] = DEFAULT
    return all(pattern.match(parts[part][:LONGEST_NAME]) for part, pattern in patterns.items())
