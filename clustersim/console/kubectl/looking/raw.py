"""`kubectl get --raw PATH`: what the API server answers to a path, as it is."""

import json
from typing import Any, Final
from urllib.parse import parse_qsl

from clustersim.api.api_resource import Resource
from clustersim.apiserver.label_words import why
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl.output import check_number, plain_of
from clustersim.console.kubectl.pods.proxied import NotReachedError, Proxied, asked, asked_through
from clustersim.console.kubectl.selectors import FieldSelector, LabelSelector
from clustersim.engine.serving import health
from clustersim.i18n import _

HEALTHY: Final = ("healthz", "livez", "readyz")
_REASONS: Final = {400: "BadRequest", 404: "NotFound", 503: "ServiceUnavailable"}
NOT_FOUND: Final = "Error from server (NotFound): the server could not find the requested resource"


def raw(api: Api, path: str) -> Answer:
    """Raises Said."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    if not path.startswith("/"):
        strange = f'--raw must be a valid URL path: parse "{path}": invalid URI for request'
        raise Said(f"error: {strange}" if api.today else f"error: invalid path: {path}")
    if parts[:1] in ([one] for one in HEALTHY):
        api.reach_server()
        api.may_get(path)
        return _health(api, path, parts[0])
    api.reach()
    if parts == ["version"]:
        major, minor, _patch = api.version.removeprefix("v").split(".")
        told = {"major": major, "minor": minor, "gitVersion": api.version, "platform": "linux/amd64"}
        return Answer(text=json.dumps(told, indent=2))
    if (wanted := asked_through(path.partition("?")[0])) is not None:
        return _proxied(api, wanted, path.partition("?")[2])
    if not parts or parts[0] not in ("api", "apis"):
        api.may_get(path)
        raise Said(NOT_FOUND)
    version, rest = divided(parts)
    if not rest:
        raise Said(note=_("This console shows objects by path, and kubectl api-resources what is served."))
    asked_for = dict(parse_qsl(path.partition("?")[2]))
    if asked_for.get("watch", "0") not in ("0", "false"):
        raise Said(note=_("This console watches with kubectl get -w, and nothing by path."))
    return Answer(text=_of_objects(api, version, rest, asked_for))


def _proxied(api: Api, wanted: Proxied, query: str) -> Answer:
    """What a program or a kubelet says through the API server."""
    try:
        found = asked(api.cluster, wanted, query)
    except NotReachedError as error:
        raise Said(f"Error from server ({_REASONS[error.code]}): {error}") from None
    if found.status == 404:
        raise Said(NOT_FOUND)
    return Answer(text=found.body.removesuffix("\n"))


def _health(api: Api, path: str, name: str) -> Answer:
    """Of the server, or of one thing it looks at."""
    asked, _mark, query = path.partition("?")
    checks = api.server.health_checks(asked.rstrip("/"))
    if checks is None:
        raise Said(NOT_FOUND)
    told = health(checks, name=name, verbose="verbose" in query)
    if told.status == 200:
        return Answer(text=told.body)
    failed = f"an error on the server ({json.dumps(told.body)}) has prevented the request from succeeding"
    raise Said(f"Error from server (InternalError): {failed}")


def divided(parts: list[str]) -> tuple[str, list[str]]:
    """The version that is asked, and the rest of the path."""
    length = 1 if parts[0] == "api" else 2
    return "/".join(parts[1 : 1 + length]), parts[1 + length :]


def _of_objects(api: Api, version: str, rest: list[str], asked_for: dict[str, str]) -> str:
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    resource = served_at(api, version, rest[0])
    if resource is None or (namespace and not resource.namespaced) or len(rest) > 2:
        raise Said(NOT_FOUND)
    if len(rest) == 2:
        if resource.namespaced and not namespace:
            raise Said(NOT_FOUND)
        return compact(plain_of(api, api.get(resource.plural, namespace, rest[1])))
    words, fields = asked_for.get("labelSelector", ""), asked_for.get("fieldSelector", "")
    try:
        labels = LabelSelector(words)
    except ValueError as error:
        raise Said(f"Error from server (BadRequest): {why(error, api.release)}") from None
    selector = FieldSelector(fields)
    if told := selector.why(resource, version):
        raise Said(f"Error from server (BadRequest): {told}")
    found = [
        one
        for one in api.objects(resource.plural, namespace or None)
        if labels.matches(one.metadata.labels) and selector.matches(one)
    ]
    check_number(len(found))
    items = [plain_of(api, obj) for obj in found]
    for item in items:
        item.pop("kind", None)
        item.pop("apiVersion", None)
    metadata = {"resourceVersion": str(api.revision)}
    return compact(
        {"kind": f"{resource.kind}List", "apiVersion": version, "metadata": metadata, "items": items}
    )


def served_at(api: Api, version: str, word: str) -> Resource | None:
    """What is served in that version under that word of a path."""
    for resource in api.resources.values():
        if resource.word == word and version in resource.versions.get(api.release, ()):
            return resource
    return None


def compact(plain: dict[str, Any]) -> str:
    """JSON as a server writes it: what it is first, without blanks."""
    first = {name: plain[name] for name in ("kind", "apiVersion") if name in plain}
    return json.dumps({**first, **plain}, separators=(",", ":"), ensure_ascii=False)
