"""`kubectl describe` of Services and what is behind them.

Sources: v1.7.5 and v1.8.0 describe.go; v1.36 k8s.io/kubectl pkg/describe.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clustersim.kubectl.describe.parts import NONE, TODAY, head
from clustersim.kubectl.services import text_behind
from clustersim.kubectl.texts import addresses, labels_text

Store = Mapping[str, Mapping[str, Any]]


def service_lines(service: Any, store: Store, release: str) -> Iterable[str]:
    """A Service and what is behind it."""
    spec = service.spec
    today = release in TODAY
    yield from head(service, release)
    yield f"Selector:\t{labels_text(spec.selector)}"
    yield f"Type:\t{spec.type}"
    if today:
        if spec.ip_family_policy:
            yield f"IP Family Policy:\t{spec.ip_family_policy}"
        yield f"IP Families:\t{','.join(spec.ip_families) or NONE}"
    yield f"IP:\t{spec.cluster_ip}"
    if today:
        yield f"IPs:\t{','.join(spec.cluster_ips) or NONE}"
    if spec.external_ips:
        yield f"External IPs:\t{','.join(spec.external_ips)}"
    if spec.external_name:
        yield f"External Name:\t{spec.external_name}"
    if spec.load_balancer_ip and release != "v1.7":
        yield f"{'Desired LoadBalancer IP' if today else 'IP'}:\t{spec.load_balancer_ip}"
    balancer = _ingress(service) if today else addresses(service.status.load_balancer)
    if balancer:
        yield f"LoadBalancer Ingress:\t{balancer}"
    yield from _service_ports(service, store, release)
    yield f"Session Affinity:\t{spec.session_affinity}"
    if release != "v1.7":
        yield from _policies(spec, today=today)


def _policies(spec: Any, *, today: bool) -> Iterable[str]:
    if spec.external_traffic_policy:
        yield f"External Traffic Policy:\t{spec.external_traffic_policy}"
    if today and spec.internal_traffic_policy:
        yield f"Internal Traffic Policy:\t{spec.internal_traffic_policy}"
    if spec.health_check_node_port:
        yield f"HealthCheck NodePort:\t{spec.health_check_node_port}"
    if spec.load_balancer_source_ranges:
        yield f"LoadBalancer Source Ranges:\t{','.join(spec.load_balancer_source_ranges)}"
    if today and spec.traffic_distribution:
        yield f"Traffic Distribution:\t{spec.traffic_distribution}"


def _ingress(service: Any) -> str:
    """Where a load balancer takes requests in, and how it passes them on."""
    found = getattr(service.status.load_balancer, "ingress", ()) or ()
    modes = (f" ({one.ip_mode})" if getattr(one, "ip_mode", None) else "" for one in found)
    return ", ".join(f"{one.ip or one.hostname}{mode}" for one, mode in zip(found, modes, strict=True))


def _service_ports(service: Any, store: Store, release: str) -> Iterable[str]:
    name, namespace = service.metadata.name, service.metadata.namespace
    for port in service.spec.ports:
        yield f"Port:\t{port.name or '<unset>'}\t{port.port}/{port.protocol}"
        if release != "v1.7":
            yield f"TargetPort:\t{_target(port.target_port, release)}/{port.protocol}"
        if release in TODAY and port.app_protocol:
            yield f"AppProtocol:\t{port.app_protocol}"
        if port.node_port:
            yield f"NodePort:\t{port.name or '<unset>'}\t{port.node_port}/{port.protocol}"
        of_port = text_behind(name, namespace, store, [port.name], today=release in TODAY)
        yield f"Endpoints:\t{of_port}"


def _target(port: int | str, release: str) -> str:
    """The port of the pods; kubectl v1.8 prints a name where Go's format wants a number."""
    return f"%!d(string={port})" if release == "v1.8" and isinstance(port, str) else str(port)


def endpoints_lines(endpoints: Any, release: str) -> Iterable[str]:
    """Endpoints, subset by subset."""
    yield from head(endpoints, release)
    yield "Subsets:"
    for subset in endpoints.subsets:
        yield f"  Addresses:\t{','.join(one.ip for one in subset.addresses) or NONE}"
        yield f"  NotReadyAddresses:\t{','.join(one.ip for one in subset.not_ready_addresses) or NONE}"
        if subset.ports:
            yield "  Ports:"
            yield "    Name\tPort\tProtocol"
            yield "    ----\t----\t--------"
            yield from (f"    {one.name or '<unset>'}\t{one.port}\t{one.protocol}" for one in subset.ports)
        yield ""


def endpoint_slice_lines(found: Any, release: str) -> Iterable[str]:
    """An EndpointSlice."""
    yield from head(found, release)
    yield f"AddressType:\t{found.address_type}"
    if found.ports:
        yield "Ports:"
        yield "  Name\tPort\tProtocol"
        yield "  ----\t----\t--------"
        yield from (f"  {one.name or '<unset>'}\t{one.port}\t{one.protocol}" for one in found.ports)
    else:
        yield "Ports: <unset>"
    yield "Endpoints:" if found.endpoints else f"Endpoints: {NONE}"
    for endpoint in found.endpoints:
        yield f"  - Addresses:\t{', '.join(endpoint.addresses)}"
        ready = endpoint.conditions.ready if endpoint.conditions is not None else None
        yield "    Conditions:"
        yield f"      Ready:\t{'<unset>' if ready is None else str(ready).lower()}"
        yield f"    Hostname:\t{getattr(endpoint, 'hostname', '') or '<unset>'}"
        if endpoint.target_ref is not None:
            yield f"    TargetRef:\t{endpoint.target_ref.kind}/{endpoint.target_ref.name}"
        yield f"    NodeName:\t{endpoint.node_name or '<unset>'}"
        yield f"    Zone:\t{getattr(endpoint, 'zone', '') or '<unset>'}"
