"""`kubectl api-versions` and `api-resources`: what the API server serves."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import REVIEWS
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.kubectl.columns import lines_of
from clustersim.releases.api_versions import API_VERSIONS


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


_FORMS: Final = ("json", "kyaml", "name", "wide", "yaml")


def api_resources(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl api-resources: what this model has of them. Raises Said."""
    arguments = commands.read("api-resources", words, api.release)
    if (form := arguments.value("output")) not in ("", *_FORMS):
        told = f'unable to match a printer suitable for the output format "{form}", allowed formats are'
        raise Said(f"error: {told}: {','.join(_FORMS)}")
    api.reach()
    rows: list[tuple[str, ...]] = []
    wide = arguments.value("output") == "wide"
    chosen: list[tuple[str, str, Resource]] = []
    for version, resource in _served(api):
        group = version.rpartition("/")[0]
        if arguments.given("namespaced") and resource.namespaced is not (
            arguments.value("namespaced") == "true"
        ):
            continue
        if arguments.given("api-group") and group != arguments.value("api-group"):
            continue
        if not set(arguments.several("verbs")) <= set(resource.verbs):
            continue
        if not set(arguments.several("categories")) <= set(resource.categories):
            continue
        chosen.append((group, version, resource))
    chosen.sort(key=_order(arguments.value("sort-by")))
    for _group, version, resource in chosen:
        cells = (
            resource.word,
            ",".join(resource.short_names),
            version,
            str(resource.namespaced).lower(),
            resource.kind,
        )
        rows.append(
            (*cells, ",".join(sorted(resource.verbs)), ",".join(resource.categories)) if wide else cells
        )
    if arguments.value("output") == "name":
        names = [f"{resource.word}.{group}" if group else resource.word for group, _, resource in chosen]
        return _told(api, "\n".join(names))
    heads = (
        "NAME",
        "SHORTNAMES",
        "APIVERSION",
        "NAMESPACED",
        "KIND",
        *(("VERBS", "CATEGORIES") if wide else ()),
    )
    lines = lines_of([heads, *rows], api.release)
    return _told(api, "\n".join(lines[1:] if arguments.has("no-headers") else lines))


def _told(api: Api, text: str) -> Answer:
    """What could be learnt, and which versions nobody tells of."""
    missing = sorted(one.unserved for one in api.objects("apiservices", None) if one.unserved)
    if not missing:
        return Answer(text=text)
    which = ", ".join(f"{one}: stale GroupVersion discovery: {one}" for one in missing)
    error = f"error: unable to retrieve the complete list of server APIs: {which}"
    return Answer(text=text, ok=False, complaints=error)


def _order(by: str) -> Callable[[tuple[str, str, Resource]], tuple[str, ...]]:
    """How they are sorted. Raises Said."""
    match by:
        case "":
            return lambda one: (one[0], one[2].plural)
        case "name":
            return lambda one: (one[2].word, one[0])
        case "kind":
            return lambda one: (one[2].kind, one[0])
    raise Said("error: --sort-by accepts only name or kind")


def _served(api: Api) -> Iterator[tuple[str, Resource]]:
    """Every resource, with the version that clients prefer; Events are in two groups."""
    for resource in (*api.served.values(), *REVIEWS):
        versions = resource.versions.get(api.release, ())
        if not versions:
            continue
        yield versions[0], resource
        for version in versions[1:]:
            if version.rpartition("/")[0] != versions[0].rpartition("/")[0]:
                yield version, resource
