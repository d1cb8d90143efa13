"""`kubectl get` of services, endpoints, endpointslices, ingresses. Sources: v1.7.5, v1.8.0, v1.36
pkg/printers/internalversion/printers.go."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE, UNSET, addresses, labels_text, ports_text, selector_text

SERVICE_NAME: Final = "kubernetes.io/service-name"
"""The label of a slice."""
SHOWN: Final = 3
_BALANCER_WIDTH: Final = 16


def _external(service: Any, of_node_ports: str) -> str:
    spec = service.spec
    given = list(getattr(spec, "external_ips", ()) or ())
    if spec.type == "LoadBalancer":
        balancer = addresses(getattr(getattr(service, "status", None), "load_balancer", None))
        return ",".join([*([balancer] if balancer else []), *given]) or "<pending>"
    if spec.type == "ExternalName":
        return str(spec.external_name)
    return ",".join(given) or (of_node_ports if spec.type == "NodePort" else NONE)


def service_cells_1_7(service: Any, now: Micros) -> tuple[Cell, ...]:
    """services: without their type."""
    spec, metadata = service.spec, service.metadata
    external = _external(service, "<nodes>")
    since = age(metadata.creation_timestamp, now)
    selector, ports = labels_text(spec.selector), ports_text(spec.ports) if spec.ports else ""
    return (metadata.name, spec.cluster_ip, external, ports, since, selector)


def service_cells_1_8(service: Any, now: Micros) -> tuple[Cell, ...]:
    """services."""
    return _service(service, age(service.metadata.creation_timestamp, now))


def service_cells_today(service: Any, now: Micros) -> tuple[Cell, ...]:
    """services."""
    return _service(service, age_today(service.metadata.creation_timestamp, now))


def _service(service: Any, since: str) -> tuple[Cell, ...]:
    spec = service.spec
    return (
        service.metadata.name, spec.type, spec.cluster_ip or NONE, _external(service, NONE),
        ports_text(spec.ports), since, labels_text(spec.selector),
    )  # fmt: skip


def endpoints_text(endpoints: Any, ports: Sequence[str] | None = None, *, today: bool = False) -> str:
    """Ready addresses, three of them; nothing at all where only unready ones are left, and once where there
    are no ports. ports: only those of these names."""
    if not endpoints.subsets:
        return NONE
    found: list[str] = []
    for subset in endpoints.subsets:
        if today and not subset.ports:
            found += [address.ip for address in subset.addresses]
        for port in subset.ports:
            if ports is None or port.name in ports:
                found += [_joined(address.ip, port.port) for address in subset.addresses]
    return _shown(found)


def _joined(ip: str, port: int) -> str:
    """net.JoinHostPort: an address of IPv6 stands in brackets."""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def slices_text(slices: Sequence[Any], ports: Sequence[str]) -> str:
    """The same of EndpointSlices: nothing at all where there are slices, but no ready address in them."""
    if not slices:
        return NONE
    found: list[str] = []
    for one in slices:
        ready = [each.addresses[0] for each in one.endpoints if each.conditions.ready is not False]
        if not one.ports:
            found += ready
        for port in one.ports:
            if (port.name or "") in ports:
                found += [_joined(address, port.port) for address in ready]
    return _shown(found)


def text_behind(
    service: str, namespace: str, store: Mapping[str, Mapping[str, Any]], ports: Sequence[str], *, today: bool
) -> str:
    """The ready addresses behind a Service: today kubectl asks for its slices."""
    if not today:
        endpoints = store.get("endpoints", {}).get(f"{namespace}/{service}")
        return NONE if endpoints is None else endpoints_text(endpoints, ports)
    held = store.get("endpointslices", {})
    slices = [held[key] for key in sorted(held) if key.startswith(f"{namespace}/")]
    return slices_text(
        [one for one in slices if one.metadata.labels.get(SERVICE_NAME) == service],
        ports,
    )


def _shown(found: Sequence[str]) -> str:
    shown = ",".join(found[:SHOWN])
    more = len(found) - SHOWN
    return f"{shown} + {more} more..." if more > 0 else shown


def endpoints_cells(endpoints: Any, now: Micros) -> tuple[Cell, ...]:
    """endpoints."""
    metadata = endpoints.metadata
    return (metadata.name, endpoints_text(endpoints), age(metadata.creation_timestamp, now))


def endpoints_cells_today(endpoints: Any, now: Micros) -> tuple[Cell, ...]:
    """endpoints."""
    metadata = endpoints.metadata
    return (metadata.name, endpoints_text(endpoints, today=True), age_today(metadata.creation_timestamp, now))


def endpoint_slice_cells(found: Any, now: Micros) -> tuple[Cell, ...]:
    """endpointslices."""
    ports = [UNSET if port.port is None else str(port.port) for port in found.ports or ()]
    if len(ports) > SHOWN:
        ports = [",".join(ports[:SHOWN]) + f" + {len(ports) - SHOWN} more..."]
    listed = [address for endpoint in found.endpoints for address in endpoint.addresses]
    shown = ",".join(listed[:SHOWN])
    if len(listed) > SHOWN:
        shown = f"{shown} + {len(listed) - SHOWN} more..."
    since = age_today(found.metadata.creation_timestamp, now)
    return (found.metadata.name, found.address_type, ",".join(ports) or UNSET, shown or UNSET, since)


def _hosts(ingress: Any) -> str:
    rules = ingress.spec.rules or ()
    hosts = [rule.host for rule in rules[:SHOWN] if rule.host]
    if not hosts:
        return "*"
    return ",".join(hosts) + (f" + {len(rules) - SHOWN} more..." if len(rules) > SHOWN else "")


def _balancer(ingress: Any) -> str:
    """Cut where kubectl itself prints; the API server of today asks its printer for wide rows always."""
    text = addresses(getattr(getattr(ingress, "status", None), "load_balancer", None))
    return text if len(text) <= _BALANCER_WIDTH else f"{text[: _BALANCER_WIDTH - 3]}..."


def _tls_ports(ingress: Any) -> str:
    return "80, 443" if ingress.spec.tls else "80"


def ingress_cells(ingress: Any, now: Micros) -> tuple[Cell, ...]:
    """ingresses."""
    since = age(ingress.metadata.creation_timestamp, now)
    return (ingress.metadata.name, _hosts(ingress), _balancer(ingress), _tls_ports(ingress), since)


def ingress_cells_today(ingress: Any, now: Micros) -> tuple[Cell, ...]:
    """ingresses: with their class."""
    kind = getattr(ingress.spec, "ingress_class_name", None)
    kind = kind or ingress.metadata.annotations.get("kubernetes.io/ingress.class", NONE)
    since = age_today(ingress.metadata.creation_timestamp, now)
    address = addresses(getattr(getattr(ingress, "status", None), "load_balancer", None))
    return (ingress.metadata.name, kind, _hosts(ingress), address, _tls_ports(ingress), since)


def ingress_class_cells(found: Any, now: Micros) -> tuple[Cell, ...]:
    """ingressclasses."""
    parameters = getattr(found.spec, "parameters", None)
    named = NONE
    if parameters is not None:
        kind = f"{parameters.kind}.{parameters.api_group}" if parameters.api_group else parameters.kind
        named = f"{kind}/{parameters.name}"
    since = age_today(found.metadata.creation_timestamp, now)
    default = found.metadata.annotations.get("ingressclass.kubernetes.io/is-default-class") == "true"
    name = f"{found.metadata.name} (default)" if default else found.metadata.name
    return (name, found.spec.controller, named, since)


def network_policy_cells(policy: Any, now: Micros) -> tuple[Cell, ...]:
    """networkpolicies."""
    since = age(policy.metadata.creation_timestamp, now)
    return (policy.metadata.name, selector_text(policy.spec.pod_selector), since)


def network_policy_cells_today(policy: Any, now: Micros) -> tuple[Cell, ...]:
    """networkpolicies."""
    since = age_today(policy.metadata.creation_timestamp, now)
    return (policy.metadata.name, selector_text(policy.spec.pod_selector), since)
