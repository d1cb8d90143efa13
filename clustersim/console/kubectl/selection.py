"""Which objects a kubectl command line means: kinds and names, namespace, selectors.

Source: pkg/kubectl/resource/builder.go (k8s.io/cli-runtime pkg/resource).
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.misuse import NO_NAME, no_kind
from clustersim.console.kubectl.selectors import FieldSelector, labels_of

ALL: Final = {
    "v1.7": (
        "pods",
        "replicationcontrollers",
        "services",
        "statefulsets",
        "horizontalpodautoscalers",
        "jobs",
        "deployments",
        "replicasets",
    ),
    "v1.8": (
        "deployments",
        "replicasets",
        "statefulsets",
        "jobs",
        "cronjobs",
        "pods",
        "replicationcontrollers",
        "services",
        "daemonsets",
    ),
    "v1.36": (
        "pods",
        "replicationcontrollers",
        "services",
        "daemonsets",
        "deployments",
        "replicasets",
        "statefulsets",
        "horizontalpodautoscalers",
        "cronjobs",
        "jobs",
    ),
}
"""What `kubectl get all` lists, in its order."""


class Wanted(NamedTuple):
    """One resource, and the names that were given; without names all objects of it."""

    resource: str
    names: tuple[str, ...]
    by_path: bool = False
    """It was named as KIND/NAME."""


_BOTH_WAYS: Final = "error: selectors and the all flag cannot be used when passing resource/name arguments"


def wanted(api: Api, words: Sequence[str], what: str = "get") -> tuple[Wanted, ...]:
    """From "pods,rc", "pod a b" or "rc/tomcat svc/tomcat". Raises Said."""
    if not words:
        raise no_kind(api, what)
    if any("/" in word for word in words):
        return _by_path(api, words)
    kinds: list[str] = []
    for kind in words[0].split(","):
        if kind == "all":
            kinds += [*ALL[api.release], *_of_category(api, "all")]
        elif kind and (members := _of_category(api, kind)):
            kinds += members
        elif kind:
            kinds.append(api.named(kind))
    return tuple(Wanted(resource, tuple(words[1:])) for resource in dict.fromkeys(kinds))


def _of_category(api: Api, category: str) -> list[str]:
    """Added kinds of a category: kubectl asks discovery for those since v1.9."""
    return [
        resource.plural
        for resource in api.resources.values()
        if resource.definition is not None and api.today and category in resource.categories
    ]


def _by_path(api: Api, words: Sequence[str]) -> tuple[Wanted, ...]:
    found: list[Wanted] = []
    if not all("/" in word for word in words):
        raise Said(
            "error: there is no need to specify a resource type as a separate argument when passing "
            "arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
            "'kubectl get resource resource/<resource_name>'"
        )
    for word in words:
        kind, _slash, name = word.partition("/")
        if "/" in name:
            raise Said("error: arguments in resource/name form may not have more than one slash")
        if not kind or not name or "," in kind:
            raise Said("error: arguments in resource/name form must have a single resource and name")
        resource = api.named(kind)
        if found and found[-1].resource == resource and found[-1].names:
            found[-1] = Wanted(resource, (*found[-1].names, name), True)
        else:
            found.append(Wanted(resource, (name,), True))
    return tuple(found)


def one_kind(api: Api, words: Sequence[str], what: str = "get") -> Wanted:
    """Of a command that takes objects of one kind. Raises Said."""
    found = wanted(api, words, what)
    if len({one.resource for one in found}) != 1:
        raise Said("error: you may only specify a single resource type")
    names = tuple(name for one in found for name in one.names)
    return Wanted(found[0].resource, names, found[0].by_path)


def namespace_of(arguments: Arguments) -> str | None:
    """The namespace that is looked at; None: all."""
    return None if arguments.has("all-namespaces") else arguments.value("namespace", "default")


def _node_in(selector: str) -> str:
    """The node whose pods a field selector asks for."""
    wanted = dict(part.replace("==", "=").split("=", 1) for part in selector.split(",") if "=" in part)
    return wanted.get("spec.nodeName", "")


class Selected(NamedTuple):
    """The objects of one kind, and what is to be said about names that there are not."""

    resource: str
    objects: list[Any]
    missing: list[str]
    named: bool


def select(api: Api, one: Wanted, arguments: Arguments, *, right: str = "get") -> Selected:
    """The objects that are meant. right: what is done with those that are named. Raises Said."""
    namespace = namespace_of(arguments)
    words = arguments.value("selector")
    labels = labels_of(api, words, one.resource, arguments.value("field-selector"))
    fields = FieldSelector(arguments.value("field-selector"))
    resource = api.resources[one.resource]
    if one.by_path and (labels or fields):
        raise Said(_BOTH_WAYS)
    fields.check(resource, api.api_version(one.resource), words)
    api.warn_of(one.resource)
    if not one.names:
        found = [
            obj
            for obj in api.objects(one.resource, namespace, node=_node_in(arguments.value("field-selector")))
            if labels.matches(obj.metadata.labels) and fields.matches(obj)
        ]
        return Selected(one.resource, found, [], False)
    if labels or fields:
        raise Said("error: name cannot be provided when a selector is specified")
    if namespace is None and resource.namespaced:
        raise Said("error: a resource cannot be retrieved by name across all namespaces")
    objects, missing = [], []
    for name in one.names:
        found_one = api.find(one.resource, namespace or "", name, right=right)
        if found_one is None:
            missing.append(api.not_found(one.resource, name))
        else:
            objects.append(found_one)
    return Selected(one.resource, objects, missing, True)


def select_all(
    api: Api,
    words: Sequence[str],
    arguments: Arguments,
    what: str,
    *,
    all_of_kind: bool = False,
    right: str = "get",
) -> list[Selected]:
    """Those that a command changes: by name, by selector or --all, or of files; all_of_kind: a kind alone
    means all objects of it; right: what kubectl does with a named one first. Raises Said."""
    resources = wanted(api, words, what)
    some = (
        all_of_kind
        or arguments.has("all")
        or bool(arguments.value("selector") or arguments.value("field-selector"))
    )
    if not some and any(not one.names for one in resources):
        raise Said("error: resource(s) were provided, but no name was specified" if api.today else NO_NAME)
    if arguments.has("all") and any(one.by_path for one in resources):
        raise Said(_BOTH_WAYS)
    api.reach()
    return [select(api, one, arguments, right=right) for one in resources]
