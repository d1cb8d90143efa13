"""The controller of ingress-nginx: it writes where its Ingresses can be reached.

Source: ingress-nginx internal/ingress/status/status.go, internal/ingress/controller/store.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.conditions import is_true
from clustersim.api.networking import (
    IngressLoadBalancerIngress,
    IngressLoadBalancerStatus,
    IngressStatus,
)
from clustersim.api.request import Request
from clustersim.programs.clients.client import Acts, ApiClient, Look, Means, Objects, Reconciler, Seen
from clustersim.programs.clients.events import Tells, event

_CLASS: Final = "kubernetes.io/ingress.class"
_CANARY: Final = "nginx.ingress.kubernetes.io/canary"
_INGRESSES: Final = Look("ingresses")
_CLASSES: Final = Look("ingressclasses")
_SYNCED: Final = Tells("Normal", "Sync", "Scheduled for sync")


class Controller(Reconciler):
    """nginx-ingress-controller."""

    manager = "nginx-ingress-controller"
    denies = (400, "BadRequest")

    def looks(self, client: ApiClient) -> Sequence[Look]:
        return (_CLASSES, _INGRESSES, self._published(client))

    def objects_to(self, client: ApiClient, hook: str, obj: Any, objects: Objects) -> str:
        """Two Ingresses may not have one path of one host, unless one is a canary of the other."""
        own = own_classes(client, objects("ingressclasses"))
        if class_of(obj) not in own:
            return ""
        there: dict[tuple[str, str], Any] = {}
        for one in objects("ingresses"):
            same = (one.metadata.namespace, one.metadata.name) == (obj.metadata.namespace, obj.metadata.name)
            if not same and class_of(one) in own and _CANARY not in one.metadata.annotations:
                there.update(dict.fromkeys(_paths(one), one.metadata))
        for host, path in () if _CANARY in obj.metadata.annotations else _paths(obj):
            if (other := there.get((host, path))) is not None:
                where = f"{other.namespace}/{other.name}"
                return f'host "{host}" and path "{path}" is already defined in ingress {where}'
        return ""

    def _published(self, client: ApiClient) -> Look:
        """The Service whose address it tells, or the pods and nodes where it runs."""
        namespace, _slash, name = client.option("publish-service").partition("/")
        return Look("services", namespace, name) if name else Look("pods", client.namespace)

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        points = _points(client, seen[self._published(client)])
        own = own_classes(client, seen[_CLASSES])
        requests = []
        for ingress in seen[_INGRESSES]:
            is_own = class_of(ingress) in own
            if is_own and (changed := _at(ingress, points)) is not None:
                metadata = ingress.metadata
                requests.append(
                    Request("update-status", "ingresses", metadata.namespace, metadata.name, changed)
                )
            if is_own:
                requests.append(event(ingress, "Ingress", _SYNCED, self.manager, means))
        return Acts(requests)


def own_classes(client: ApiClient, classes: Iterable[Any]) -> set[str]:
    """The classes of Ingresses that it sees to."""
    controller = client.option("controller-class", "k8s.io/ingress-nginx")
    named = {one.metadata.name for one in classes if one.spec.controller == controller}
    return {*named, client.option("ingress-class", "nginx")}


def class_of(ingress: Any) -> str:
    """The class that an Ingress names."""
    return str(ingress.spec.ingress_class_name or ingress.metadata.annotations.get(_CLASS, ""))


def _paths(ingress: Any) -> Iterator[tuple[str, str]]:
    """Hosts and paths that lead to Services."""
    for rule in ingress.spec.rules:
        for path in rule.http.paths if rule.http is not None else ():
            if path.backend.service is not None:
                yield rule.host or "_", path.path or "/"


def _points(client: ApiClient, published: Any) -> tuple[IngressLoadBalancerIngress, ...]:
    """Where the controller can be reached: the addresses of its Service, or of the nodes of its pods."""
    if published is None:
        return ()
    if isinstance(published, tuple):
        own = next((one for one in published if one.metadata.name == client.pod), None)
        labels = {} if own is None else own.metadata.labels
        ready = [one for one in published if one.metadata.labels == labels and is_true(one.status, "Ready")]
        ips = sorted({one.status.host_ip for one in ready if one.status.host_ip})
        return tuple(IngressLoadBalancerIngress(ip=ip) for ip in ips)
    spec = published.spec
    given = tuple(IngressLoadBalancerIngress(ip=ip) for ip in spec.external_ips)
    if spec.type == "LoadBalancer":
        balancers = published.status.load_balancer.ingress
        told = tuple(IngressLoadBalancerIngress(ip=one.ip, hostname=one.hostname) for one in balancers)
        return (*told, *given)
    if spec.type == "ExternalName":
        return (IngressLoadBalancerIngress(hostname=spec.external_name),)
    return given or (IngressLoadBalancerIngress(ip=spec.cluster_ip),)


def _at(ingress: Any, points: tuple[IngressLoadBalancerIngress, ...]) -> Any:
    """An Ingress whose status tells these; None where it does already."""
    now = [(one.ip, one.hostname) for one in ingress.status.load_balancer.ingress]
    if now == [(one.ip, one.hostname) for one in points]:
        return None
    return replace(ingress, status=IngressStatus(load_balancer=IngressLoadBalancerStatus(ingress=points)))
