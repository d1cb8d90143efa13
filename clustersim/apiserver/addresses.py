"""ClusterIPs: one per Service, from the service range, a random start and then the next free one."""

import ipaddress
from typing import Any

from clustersim.api.core_v1 import Service
from clustersim.api.meta import replace
from clustersim.apiserver.errors import invalid
from clustersim.engine.random import RandomStream


def allocate_cluster_ip(
    service: Service, services: dict[str, Any], stream: RandomStream, cidr: str
) -> Service:
    """The Service with an address; a requested one must be free and in range
    (pkg/registry/core/service/allocator).

    The first address belongs to the `kubernetes` Service.
    """
    spec, name = service.spec, service.metadata.name
    if spec.cluster_ip == "None" or spec.type == "ExternalName":
        return service
    network = ipaddress.ip_network(cidr)
    taken = {other.spec.cluster_ip for other in services.values()}
    if spec.cluster_ip:
        if spec.cluster_ip in taken:
            raise invalid("services", name, "spec.clusterIP: provided IP is already allocated")
        if ipaddress.ip_address(spec.cluster_ip) not in network:
            raise invalid("services", name, "spec.clusterIP: provided IP is not in the valid range")
        return service
    size = network.num_addresses - 2
    start = stream.below(size)
    for offset in range(size):
        candidate = str(network.network_address + 1 + (start + offset) % size)
        if candidate not in taken and candidate != str(network.network_address + 1):
            return replace(service, spec=replace(spec, cluster_ip=candidate))
    raise invalid("services", name, "spec.clusterIP: range is full")
