"""`kubectl get` of everything else. Source: v1.7.5 and v1.8.0 pkg/printers/internalversion/printers.go."""

from collections.abc import Mapping
from typing import Final

from clustersim.api.core_v1 import Endpoints, Event, Namespace, ReplicationController, Service
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age

NONE: Final = "<none>"
ENDPOINTS_SHOWN: Final = 3


def labels_text(labels: Mapping[str, str]) -> str:
    """ "app=tomcat,tier=web", sorted."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE


def controller_cells(
    controller: ReplicationController, now: Micros, release: str, *, wide: bool
) -> tuple[str, ...]:
    """One row of replicationcontrollers."""
    spec, status, metadata = controller.spec, controller.status, controller.metadata
    counts = (str(spec.replicas), str(status.replicas), str(status.ready_replicas))
    cells = (metadata.name, *counts, age(metadata.creation_timestamp, now))
    if not wide:
        return cells
    containers = spec.template.spec.containers
    names = ",".join(container.name for container in containers)
    images = ",".join(container.image for container in containers)
    return (*cells, names, images, labels_text(spec.selector))


def _ports(service: Service) -> str:
    texts = [
        f"{port.port}:{port.node_port}/{port.protocol}" if port.node_port else f"{port.port}/{port.protocol}"
        for port in service.spec.ports
    ]
    return ",".join(texts) or NONE


def service_cells(service: Service, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of services."""
    spec, metadata = service.spec, service.metadata
    kind = () if release == "v1.7" else (spec.type,)
    external = NONE
    if spec.type == "NodePort" and release == "v1.7":
        external = "<nodes>"
    elif spec.type == "LoadBalancer":
        external = "<pending>"
    since = age(metadata.creation_timestamp, now)
    cells = (metadata.name, *kind, spec.cluster_ip or NONE, external, _ports(service), since)
    return (*cells, labels_text(spec.selector)) if wide else cells


def endpoints_text(endpoints: Endpoints) -> str:
    """Ready addresses, three of them; nothing at all where only unready ones are left."""
    if not endpoints.subsets:
        return NONE
    found = [
        f"{address.ip}:{port.port}"
        for subset in endpoints.subsets
        for port in subset.ports
        for address in subset.addresses
    ]
    shown = ",".join(found[:ENDPOINTS_SHOWN])
    more = len(found) - ENDPOINTS_SHOWN
    return f"{shown} + {more} more..." if more > 0 else shown


def endpoints_cells(endpoints: Endpoints, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of endpoints."""
    metadata = endpoints.metadata
    return (metadata.name, endpoints_text(endpoints), age(metadata.creation_timestamp, now))


def event_cells(event: Event, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of events. NAME is the object's in v1.7 and the event's own in v1.8."""
    about = event.involved_object
    source = event.source
    return (
        age(event.last_timestamp, now),
        age(event.first_timestamp, now),
        str(event.count),
        about.name if release == "v1.7" else event.metadata.name,
        about.kind,
        about.field_path,
        event.type,
        event.reason,
        f"{source.component}, {source.host}" if source.host else source.component,
        event.message,
    )


def namespace_cells(namespace: Namespace, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row of namespaces."""
    metadata = namespace.metadata
    return (metadata.name, namespace.status.phase, age(metadata.creation_timestamp, now))
