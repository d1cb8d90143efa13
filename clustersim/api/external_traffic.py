"""Where traffic from outside goes, as an annotation said it before there was a field. v1.7 read both (v1.7.5
pkg/api/service/util.go RequestsOnlyLocalTraffic, GetServiceHealthCheckNodePort)."""

from typing import Final

from clustersim.api.core_v1 import Service
from clustersim.api.meta import replace
from clustersim.engine.identity import by_identity

TRAFFIC: Final = "service.beta.kubernetes.io/external-traffic"
HEALTH: Final = "service.beta.kubernetes.io/healthcheck-nodeport"
POLICIES: Final = {"OnlyLocal": "Local", "Global": "Cluster"}
"""What the annotation says, and the field."""


@by_identity(maxsize=1024)
def by_annotation(service: Service) -> Service:
    """The Service with its fields as its annotations say, where it has such."""
    told = service.metadata.annotations.get(TRAFFIC)
    if told is None or service.spec.type not in ("NodePort", "LoadBalancer"):
        return service
    policy = POLICIES.get(told, "Cluster")
    port = service.metadata.annotations.get(HEALTH, "")
    port = port if service.spec.type == "LoadBalancer" and policy == "Local" else ""
    health = int(port) if port.isdecimal() and len(port) < 6 else 0
    spec = replace(service.spec, external_traffic_policy=policy, health_check_node_port=health)
    made: Service = replace(service, spec=spec)
    return made
