"""Which objects a kubectl command line means: kinds and names, namespace, label selector."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.registry import RESOURCES
from clustersim.console.answer import Said
from clustersim.console.api import Api, named
from clustersim.console.arguments import Arguments

ALL: Final = {
    "pods": "po/",
    "replicationcontrollers": "rc/",
    "services": "svc/",
    "statefulsets": "statefulsets/",
    "jobs": "jobs/",
    "deployments": "deploy/",
    "replicasets": "rs/",
}
"""What `kubectl get all` lists, and what it writes before the names."""


class Wanted(NamedTuple):
    """One resource, and the names that were given; without names all objects of it."""

    resource: str
    names: tuple[str, ...]


def wanted(words: Sequence[str]) -> tuple[Wanted, ...]:
    """From "pods,rc", "pod a b" or "rc/tomcat svc/tomcat". Raises Said."""
    if not words:
        raise Said("error: You must specify the type of resource to get.")
    if any("/" in word for word in words):
        found = []
        for word in words:
            kind, slash, name = word.partition("/")
            if not slash or not kind or not name or "/" in name:
                raise Said(
                    "error: there is no need to specify a resource type as a separate argument when passing "
                    "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
                    "'kubectl get resource resource/<resource_name>'"
                )
            found.append(Wanted(named(kind), (name,)))
        return tuple(found)
    if words[0] == "all" and len(words) == 1:
        return tuple(Wanted(resource, ()) for resource in ALL)
    kinds = tuple(dict.fromkeys(named(kind) for kind in words[0].split(",")))
    return tuple(Wanted(resource, tuple(words[1:])) for resource in kinds)


def one_kind(words: Sequence[str]) -> Wanted:
    """Of a command that takes objects of one kind. Raises Said."""
    found = wanted(words)
    if len({one.resource for one in found}) != 1:
        raise Said("error: you may only specify a single resource type")
    return Wanted(found[0].resource, tuple(name for one in found for name in one.names))


def namespace_of(arguments: Arguments) -> str | None:
    """The namespace that is looked at; None: all."""
    return None if arguments.has("all-namespaces") else arguments.value("namespace", "default")


class Selector:
    """A label selector of kubectl's -l: "a=b,c!=d,e,!f". Raises Said."""

    def __init__(self, text: str) -> None:
        self._terms = [_term(part.strip()) for part in text.split(",")] if text else []

    def __bool__(self) -> bool:
        return bool(self._terms)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Every term holds."""
        return all(_holds(term, labels) for term in self._terms)


class _Term(NamedTuple):
    key: str
    operator: str
    value: str


def _term(text: str) -> _Term:
    for operator in ("!=", "==", "="):
        key, found, value = text.partition(operator)
        if found:
            if not key.strip() or "=" in value:
                break
            return _Term(key.strip(), operator.replace("==", "="), value.strip())
    key = text.removeprefix("!").strip()
    if not key or any(char in key for char in "=!() "):
        raise Said(f"error: unable to parse requirement: invalid label selector {text!r}")
    return _Term(key, "!" if text.startswith("!") else "exists", "")


def _holds(term: _Term, labels: Mapping[str, str]) -> bool:
    match term.operator:
        case "=":
            return labels.get(term.key) == term.value
        case "!=":
            return labels.get(term.key) != term.value
        case "!":
            return term.key not in labels
    return term.key in labels


def select(api: Api, one: Wanted, arguments: Arguments) -> tuple[list[Any], list[str]]:
    """The objects, and what is to be said about names that there are not."""
    namespace = namespace_of(arguments)
    selector = Selector(arguments.value("selector"))
    if not one.names:
        found = api.objects(one.resource, namespace)
        return [obj for obj in found if selector.matches(obj.metadata.labels)], []
    if selector:
        raise Said("error: name cannot be provided when a selector is specified")
    if namespace is None and RESOURCES[one.resource].namespaced:
        raise Said("error: a resource cannot be retrieved by name across all namespaces")
    objects, missing = [], []
    for name in one.names:
        try:
            objects.append(api.get(one.resource, namespace or "", name))
        except Said as said:
            missing.append(said.text)
    return objects, missing
