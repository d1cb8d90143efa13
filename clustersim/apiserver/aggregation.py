"""APIServices of today: one of its own for each group and version that the API server serves, and those of
other servers, of which it is said whether anybody is there to answer.

No other server is asked anything here: one whose Service has an endpoint passes for answering.
Source: v1.36 pkg/controlplane/apiserver/aggregator.go, cmd/kube-apiserver/app/aggregator.go, kube-aggregator
pkg/controllers/status/{local,remote}, pkg/apis/apiregistration/v1/helper/helpers.go.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from clustersim.api.definitions import DEFINITIONS, is_established, versions_of
from clustersim.api.kept import APIService
from clustersim.api.meta import ObjectMeta, replace
from clustersim.etcd import Etcd

API_SERVICES: Final = "apiservices"
_MANAGED: Final = "kube-aggregator.kubernetes.io/automanaged"
_OWN: Final = {
    "v1.": (18000, 1),
    "v1.admissionregistration.k8s.io": (16700, 15),
    "v1.apiextensions.k8s.io": (16700, 15),
    "v1.apps": (17800, 15),
    "v1.authentication.k8s.io": (17700, 15),
    "v1.authorization.k8s.io": (17600, 15),
    "v1.autoscaling": (17500, 15),
    "v2.autoscaling": (17500, 30),
    "v1.batch": (17400, 15),
    "v1.certificates.k8s.io": (17300, 15),
    "v1.coordination.k8s.io": (16500, 15),
    "v1.discovery.k8s.io": (16200, 15),
    "v1.events.k8s.io": (17750, 15),
    "v1.flowcontrol.apiserver.k8s.io": (16100, 21),
    "v1.networking.k8s.io": (17200, 15),
    "v1.node.k8s.io": (16300, 15),
    "v1.policy": (17100, 15),
    "v1.rbac.authorization.k8s.io": (17000, 15),
    "v1.resource.k8s.io": (16200, 21),
    "v1.scheduling.k8s.io": (16600, 15),
    "v1.storage.k8s.io": (16800, 15),
}
"""By name: least priority of the group, priority of the version."""
_ADDED: Final = (1000, 100)
"""The same of what definitions add."""


def api_services(etcd: Etcd, made: str) -> dict[str, APIService]:
    """All of them by name. made: when the cluster began."""
    found = {**_own(made), **_added(etcd)}
    for name, stored in etcd.range(API_SERVICES).items():
        status = {"conditions": [_availability(etcd, stored)]}
        found[name] = replace(stored, status=status)
    return dict(sorted(found.items()))


@cache
def _own(made: str) -> dict[str, APIService]:
    return {name: _local(name, made, "onstart", index, *_OWN[name]) for index, name in enumerate(_OWN)}


def _added(etcd: Etcd) -> dict[str, APIService]:
    """Those of the versions that definitions add."""
    found: dict[str, APIService] = {}
    for definition in etcd.range(DEFINITIONS).values():
        if not is_established(definition):
            continue
        made, group = definition.metadata.creation_timestamp, definition.spec.group
        for version in versions_of(definition):
            name = f"{version.name}.{group}"
            if version.served:
                found[name] = _local(name, made, "true", len(_OWN) + len(found), *_ADDED)
    return found


def _local(name: str, made: str, managed: str, index: int, group_priority: int, priority: int) -> APIService:
    version, _dot, group = name.partition(".")
    metadata = ObjectMeta(
        name=name,
        uid=f"a91c0000-0000-4000-8000-{index:012x}",
        resource_version="1",
        creation_timestamp=made,
        labels={_MANAGED: managed},
    )
    spec = {"groupPriorityMinimum": group_priority, "version": version, "versionPriority": priority}
    told = _condition("True", "Local", "Local APIServices are always available")
    status = {"conditions": [{**told, "lastTransitionTime": made}]}
    return APIService(metadata=metadata, spec={**spec, "group": group} if group else spec, status=status)


def _availability(etcd: Etcd, stored: APIService) -> dict[str, Any]:
    """Whether its Service is there, listens on its port, and has an endpoint there."""
    spec = stored.spec if isinstance(stored.spec, Mapping) else {}
    asked = spec.get("service")
    if not isinstance(asked, Mapping):
        return _condition("True", "Local", "Local APIServices are always available")
    name, namespace, number = asked.get("name", ""), asked.get("namespace", ""), asked.get("port") or 443
    which, key = f'service/{name} in "{namespace}"', f"{namespace}/{name}"
    service = etcd.get("services", key)
    if service is None:
        return _condition("False", "ServiceNotFound", f"{which} is not present")
    if service.spec.type != "ClusterIP":
        return _condition("True", "Passed", "all checks passed")
    port = next((one for one in service.spec.ports if one.port == number), None)
    if port is None:
        return _condition("False", "ServicePortError", f"{which} is not listening on port {number}")
    endpoints = etcd.get("endpoints", key)
    if endpoints is None:
        return _condition("False", "EndpointsNotFound", f"cannot find endpointslices for {which}")
    named = any(
        subset.addresses and any((found.name or "") == (port.name or "") for found in subset.ports)
        for subset in endpoints.subsets
    )
    if not named:
        missing = f'endpointslices for {which} have no addresses with port name "{port.name or ""}"'
        return _condition("False", "MissingEndpoints", missing)
    return _condition("True", "Passed", "all checks passed")


def _condition(status: str, reason: str, message: str) -> dict[str, Any]:
    return {"type": "Available", "status": status, "reason": reason, "message": message}
