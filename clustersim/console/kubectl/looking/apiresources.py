"""`kubectl api-versions` and `api-resources`: what the API server serves."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import REVIEWS
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.kubectl.columns import lines_of
from clustersim.releases.api_versions import API_VERSIONS

_FORMS: Final = ("json", "kyaml", "name", "wide", "yaml")
_HEADS: Final = ("NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND")
_MORE_HEADS: Final = ("VERBS", "CATEGORIES")
"""With -o wide."""


class _Served(NamedTuple):
    """A resource, with a version that serves it."""

    version: str
    resource: Resource

    @property
    def group(self) -> str:
        return self.version.rpartition("/")[0]

    @property
    def name(self) -> str:
        return f"{self.resource.word}.{self.group}" if self.group else self.resource.word


def api_versions(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl api-versions. Raises Said."""
    commands.read("api-versions", words, api.release)
    api.reach()
    added = {
        version
        for resource in api.resources.values()
        if resource.definition is not None or api.release in resource.on_request
        for version in resource.versions[api.release]
    }
    return Answer(text="\n".join(sorted({*API_VERSIONS[api.version], *added})))


def api_resources(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl api-resources: what this model has of them. Raises Said."""
    arguments = commands.read("api-resources", words, api.release)
    form = arguments.value("output")
    if form not in ("", *_FORMS):
        told = f'unable to match a printer suitable for the output format "{form}", allowed formats are'
        raise Said(f"error: {told}: {','.join(_FORMS)}")
    api.reach()
    chosen = [one for one in _served(api) if _is_asked_for(one, arguments)]
    chosen.sort(key=_order(arguments.value("sort-by")))
    if form == "name":
        return _told(api, "\n".join(one.name for one in chosen))
    heads = (*_HEADS, *_MORE_HEADS) if form == "wide" else _HEADS
    lines = lines_of([heads, *(_cells(one)[: len(heads)] for one in chosen)], api.release)
    return _told(api, "\n".join(lines[1:] if arguments.has("no-headers") else lines))


def _is_asked_for(one: _Served, arguments: Arguments) -> bool:
    resource, namespaced = one.resource, arguments.value("namespaced") == "true"
    return (
        (not arguments.given("namespaced") or resource.namespaced is namespaced)
        and (not arguments.given("api-group") or one.group == arguments.value("api-group"))
        and set(arguments.several("verbs")) <= set(resource.verbs)
        and set(arguments.several("categories")) <= set(resource.categories)
    )


def _cells(one: _Served) -> tuple[str, ...]:
    resource = one.resource
    return (
        resource.word,
        ",".join(resource.short_names),
        one.version,
        str(resource.namespaced).lower(),
        resource.kind,
        ",".join(sorted(resource.verbs)),
        ",".join(resource.categories),
    )


def _told(api: Api, text: str) -> Answer:
    """What could be learnt, and which versions nobody tells of."""
    missing = sorted(one.unserved for one in api.known("apiservices") if one.unserved)
    if not missing:
        return Answer(text=text)
    which = ", ".join(f"{one}: stale GroupVersion discovery: {one}" for one in missing)
    error = f"error: unable to retrieve the complete list of server APIs: {which}"
    return Answer(text=text, ok=False, complaints=error)


def _order(by: str) -> Callable[[_Served], tuple[str, ...]]:
    """How they are sorted. Raises Said."""
    match by:
        case "":
            return lambda one: (one.group, one.resource.plural)
        case "name":
            return lambda one: (one.resource.word, one.group)
        case "kind":
            return lambda one: (one.resource.kind, one.group)
    raise Said("error: --sort-by accepts only name or kind")


def _served(api: Api) -> Iterator[_Served]:
    """Every resource, with the version that clients prefer; Events are in two groups."""
    for resource in (*api.served.values(), *REVIEWS):
        versions = resource.versions.get(api.release, ())
        if not versions:
            continue
        first = _Served(versions[0], resource)
        yield first
        for other in (_Served(version, resource) for version in versions[1:]):
            if other.group != first.group:
                yield other
