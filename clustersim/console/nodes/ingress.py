"""A request that the controller of an Ingress takes: it passes it on to a pod of the Service that it leads
to."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.asked import Asked
from clustersim.engine.random import RandomStream
from clustersim.kubeproxy.rules import Backend
from clustersim.programs.clients import ApiClient, ingress_routes

ROUTES = "ingress-nginx/controller"
"""The program that does so."""

MOST_HOPS = 4
"""From one controller to the next, which may be the same."""
Pass = Callable[[Backend, Asked], Answer]
"""What a pod answers."""


def passed_on(cluster: Any, client: ApiClient, asked: Asked, port: int, give: Pass) -> Answer:
    """What comes of it. port: at which it was taken; give: asks a pod, from where the controller is."""
    host = asked.named or asked.host
    route = ingress_routes.route(
        client, lambda kind: cluster.objects(kind).values(), host, asked.path, secure=port == 443
    )
    if route.status:
        return Answer(text=ingress_routes.page(route.status))
    backends = _backends(cluster, route)
    if asked.hops == MOST_HOPS:
        return Answer(text=ingress_routes.page("502 Bad Gateway"))
    if not backends:
        return Answer(text=ingress_routes.page(ingress_routes.UNAVAILABLE))
    engine = cluster.world.engine
    stream = RandomStream(engine.seed, f"console/ingress/{engine.now}/{host}{asked.path}", {})
    backend = backends[stream.below(len(backends))]
    try:
        answer = give(backend, asked._replace(path=route.path, hops=asked.hops + 1))
    except Said:
        return Answer(text=ingress_routes.page("502 Bad Gateway"))
    return replace(answer, ok=True)


def _backends(cluster: Any, route: ingress_routes.Route) -> list[Backend]:
    """The pods of a Service that are ready."""
    key = f"{route.namespace}/{route.service}"
    service, endpoints = cluster.object("services", key), cluster.object("endpoints", key)
    if service is None or endpoints is None:
        return []
    names = [one.name or "" for one in service.spec.ports if route.port in (one.port, one.name)]
    found = list[Backend]()
    for subset in endpoints.subsets if names else ():
        for port in (one.port for one in subset.ports if (one.name or "") == names[0]):
            for address in subset.addresses:
                pod = address.target_ref.name if address.target_ref is not None else ""
                found.append(Backend(address.ip, port, address.node_name or "", pod))
    return found
