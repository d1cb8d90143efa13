"""Whether a node has endpoints of a Service whose traffic from outside stays on the node: balancers in front
ask it at the Service's healthCheckNodePort, and send nothing to nodes that have none.

Sources: v1.7.5, v1.8.0 pkg/proxy/healthcheck/healthcheck.go; v1.36.2 pkg/proxy/healthcheck/service_health.go.
"""

from collections.abc import Mapping

from clustersim.api.core_v1 import Service
from clustersim.engine.serving import Health
from clustersim.kubeproxy.rules import PortRules


def health_ports(services: Mapping[str, Service]) -> dict[int, str]:
    """The ports that are open for such questions, and which Service each is about."""
    return {
        port: key
        for key, service in services.items()
        if (port := service.spec.health_check_node_port) and service.spec.external_traffic_policy == "Local"
    }


def service_health(
    key: str, rules: tuple[PortRules, ...], node: str, *, healthy: bool | None = None
) -> Health:
    """What is answered. healthy: kube-proxy itself is well, and says so; None in the older releases."""
    namespace, _slash, name = key.partition("/")
    count = len({backend.ip for port in rules for backend in port.ready_on(node)})
    lines = [
        "{",
        '\t"service": {',
        f'\t\t"namespace": "{namespace}",',
        f'\t\t"name": "{name}"',
        "\t},",
        f'\t"localEndpoints": {count}' + ("" if healthy is None else ","),
    ]
    if healthy is not None:
        lines.append(f'\t"serviceProxyHealthy": {str(healthy).lower()}')
    well = count > 0 and healthy is not False
    return Health(200 if well else 503, "\n".join((*lines, "}")))
