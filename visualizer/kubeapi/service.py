"""What the API server of a room answers to a request: documents itself, everything else through other
modules."""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.api.definitions import DEFINITIONS
from clustersim.apiserver.calls import NOT_ALLOWED, NOT_SERVED
from clustersim.apiserver.deprecations import deprecation
from clustersim.apiserver.flow_control import DEFAULT_FLOW, FLOWS, LEVELS, uid_of
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.apiserver.server import ApiServer
from clustersim.apiserver.traits import TRAITS
from clustersim.cluster import Cluster
from clustersim.engine.calendar import in_force
from clustersim.engine.serving import health
from clustersim.kubectl.manifest import to_yaml
from visualizer.kubeapi import discovery, proxying, reviews, rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.discovery import Served
from visualizer.kubeapi.kubeconfig import kubeconfig
from visualizer.kubeapi.lines import Lines
from visualizer.kubeapi.look import look as look_up
from visualizer.kubeapi.media import JSON, YAML, negotiated
from visualizer.kubeapi.metrics import measured
from visualizer.kubeapi.metrics.scrape import scraped
from visualizer.kubeapi.openapi import added, documents, v2
from visualizer.kubeapi.openapi.swagger import swagger
from visualizer.kubeapi.paths import METHODS, Target, parse_target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams import attaching, execution, forwarded_http, forwarding, logs
from visualizer.kubeapi.watching import watch
from visualizer.kubeapi.write import write

HEALTH: Final = ("healthz", "livez", "readyz")
LONGEST_YAML: Final = 64 * 1024
STREAMED: Final[Mapping[str, str]] = {
    "attach": attaching.BY_WEBSOCKET,
    "portforward": forwarding.BY_WEBSOCKET,
}


async def answer(place: Place, caller: Caller, request: HttpRequest) -> Response | Lines:
    """The answer to one request. Raises WireError and ApiError."""
    if (wanted := proxying.asked_through(request)) is not None:
        return proxying.proxied(place, caller, request, wanted)
    if request.method not in METHODS:
        raise WireError(405, NOT_ALLOWED)
    if request.path == "/metrics" and request.method in ("GET", "HEAD"):
        rights.check_look(place, caller, Target("get", "", "", "metrics"))
        return await scraped(place.cluster)
    document = static(place, request)
    if document is not None:
        return document
    target = parse_target(request.method, request.path, watch=request.flag("watch"))
    if target is None:
        raise WireError(404, NOT_SERVED)
    with in_force(place.cluster.calendar):
        answered = await _answered(place, caller, _keyed(place.cluster, target), request)
    return _flowing(place, _written(request, answered))


def _flowing(place: Place, answer: Response | Lines) -> Response | Lines:
    """With its flow and its priority (apiserver pkg/server/filters/priority-and-fairness.go)."""
    if not isinstance(answer, Response) or not TRAITS[place.cluster.release].given_objects:
        return answer
    told = ((b"flowschema", FLOWS), (b"prioritylevel", LEVELS))
    headers = tuple(
        (b"x-kubernetes-pf-" + what + b"-uid", uid_of(resource, DEFAULT_FLOW).encode())
        for what, resource in told
    )
    return msgspec.structs.replace(answer, headers=(*answer.headers, *headers))


def _written(request: HttpRequest, answer: Response | Lines) -> Response | Lines:
    """An answer in YAML where its client would have it so. JSON is YAML, too: what is long stays it."""
    if not isinstance(answer, Response) or answer.content_type != JSON:
        return answer
    if negotiated(request.header("accept")).type != YAML:
        return answer
    body = answer.encoded()
    if len(body) < LONGEST_YAML:
        body = to_yaml(msgspec.json.decode(body)).encode()
    return msgspec.structs.replace(answer, body=body, content_type=YAML)


async def _answered(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response | Lines:
    """The answer to a request about objects."""
    if (special := _of_its_own(place, caller, target, request)) is not None:
        return special
    if target.verb in ("get", "list", "watch"):
        rights.check_look(place, caller, target)
    if target.subresource == "log" and target.verb == "get":
        return logs.log(place, target, request)
    match target.verb:
        case "watch":
            return watch(place, target, request)
        case "get" | "list":
            return _warned(place, target, look_up(place.cluster, target, request))
        case _:
            return _warned(place, target, await write(place, caller, target, request))


def _warned(place: Place, target: Target, response: Response) -> Response:
    """With a warning of what is deprecated."""
    added = place.cluster.object(DEFINITIONS, target.resource)
    warning = deprecation(place.cluster.release, target.api_version, target.resource, added)
    return msgspec.structs.replace(response, warnings=(*response.warnings, warning)) if warning else response


def _of_its_own(place: Place, caller: Caller, target: Target, request: HttpRequest) -> Response | None:
    """The answer to what is no object of the store. Raises WireError and ApiError."""
    if target.api_version == measured.API_VERSION:
        rights.check_look(place, caller, target)
        return measured.answer(place.cluster, target, request)
    if target.resource in reviews.RESOURCES and target.api_version in reviews.VERSIONS:
        return reviews.review(place, caller, target, request)
    if (target.resource, target.subresource) == ("serviceaccounts", "token") and reviews.makes_tokens(place):
        return reviews.token(place, caller, target, request)
    if target.subresource == "exec":
        execution.wanted(place, caller, target, request)
        raise WireError(400, execution.BY_WEBSOCKET)
    if target.subresource == "portforward":
        forwarded_http.wanted_pod(place, caller, target)
    if target.subresource in STREAMED:
        raise WireError(400, STREAMED[target.subresource])
    return None


def _keyed(cluster: Cluster, target: Target) -> Target:
    """The target with the name under which the model keeps what is meant."""
    found = discovery.served_by(cluster).resource_at(target.api_version, target.resource)
    if found is None or found.definition is None:
        return target
    return msgspec.structs.replace(target, resource=found.plural)


def static(place: Place, request: HttpRequest) -> Response | None:
    """What depends on the release alone, and on where the room is reached."""
    release, cluster = place.cluster.world.release, place.cluster
    parts = request.path.strip("/").split("/")
    if parts == ["kubeconfig"]:
        return _kubeconfig(place, request)
    if request.method not in ("GET", "HEAD"):
        if parts[0] in ("api", "apis"):
            return None
        raise WireError(405, NOT_ALLOWED)
    if parts[0] in HEALTH and place.cluster.world.apiserver.running:
        return _health(place.cluster.world.apiserver, request, parts[0])
    if len(parts) <= 2 or parts[0] in ("openapi", *HEALTH):
        check_reachable(place.cluster.world.apiserver)
    match parts:
        case [""]:
            return Response(200, {"paths": ["/api", "/apis", "/healthz", "/openapi/v3", "/version"]})
        case ["version"]:
            return Response(200, discovery.version_document(release))
        case ["openapi", *rest]:
            return _openapi(discovery.served_by(cluster), request, rest)
        case ["api" | "apis", *rest] if len(rest) <= 2:
            return _discovery(discovery.served_by(cluster), request, parts)
    return None


def _kubeconfig(place: Place, request: HttpRequest) -> Response:
    """The file that leads back to this very address."""
    code = place.room.code
    text = kubeconfig(code, f"{request.scheme}://{request.header('host')}{request.base}", request.secret)
    disposition = f'attachment; filename="kubeconfig-{code}"'.encode()
    return Response(200, text.encode(), "application/yaml", headers=((b"content-disposition", disposition),))


def _health(server: ApiServer, request: HttpRequest, name: str) -> Response:
    """Of the server, or of one thing it looks at."""
    checks = server.health_checks(request.path.rstrip("/"))
    if checks is None:
        return Response(404, b"404 page not found\n", "text/plain; charset=utf-8")
    answer = health(checks, name=name, verbose="verbose" in request.query)
    end = "" if answer.body == "ok" else "\n"
    return Response(answer.status, f"{answer.body}{end}".encode(), "text/plain; charset=utf-8")


def _discovery(served: Served, request: HttpRequest, parts: list[str]) -> Response | None:
    groups = served.groups()
    match parts:
        case ["api"]:
            return _groups(served, request, core=True)
        case ["apis"]:
            return _groups(served, request, core=False)
        case ["api", "v1"]:
            return Response(200, discovery.resource_list(served, "v1"))
        case ["apis", group] if group in groups:
            head = {"kind": "APIGroup", "apiVersion": "v1"}
            return Response(200, {**head, **discovery.group_document(group, groups[group])})
        case ["apis", group, version] if version in groups.get(group, ()):
            return Response(200, discovery.resource_list(served, f"{group}/{version}"))
    return None


def _groups(served: Served, request: HttpRequest, *, core: bool) -> Response:
    for version in ("v2", "v2beta1"):
        if request.accepts("g=apidiscovery.k8s.io", f"v={version}", "as=APIGroupDiscoveryList"):
            media = discovery.AGGREGATED.format(version=version)
            return Response(200, discovery.aggregated(served, version, core=core), media)
    return Response(
        200, discovery.core_versions(request.header("host")) if core else discovery.group_list(served)
    )


def _openapi(served: Served, request: HttpRequest, parts: list[str]) -> Response | None:
    release, groups = served.release, served.groups()
    match parts:
        case ["v2"] if "proto-openapi" not in request.header("accept"):
            return Response(200, swagger(served))
        case ["v2"]:
            return Response(200, v2.document_v2(release.name), v2.MEDIA_TYPE)
        case ["v3"]:
            return Response(200, added.index(served, request.base))
        case ["v3", "api", version] if version in groups[""]:
            return Response(200, documents.document(release.name, "", version))
        case ["v3", "apis", group, version] if version in groups.get(group, ()):
            return Response(200, added.document_of(served, group, version))
    return None
