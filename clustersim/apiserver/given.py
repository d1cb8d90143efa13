"""Objects that an API server has from the beginning. They are stored only once somebody changes
one: until then they are there for whoever looks, and no revision is theirs."""

from collections.abc import Mapping
from typing import Any

from clustersim.apiserver.aggregation import API_SERVICES, api_services
from clustersim.apiserver.bootstrap_roles import ROLE_RESOURCES, given_roles
from clustersim.apiserver.flow_control import FLOWS, LEVELS, given_flows
from clustersim.apiserver.service_cidrs import CIDRS, given_cidrs
from clustersim.apiserver.traits import TRAITS
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

_OF_TODAY = (FLOWS, LEVELS, API_SERVICES, CIDRS)


def with_given(etcd: Etcd, resource: str, release: str, flags: ApiServerFlags) -> Mapping[str, Any]:
    """The objects of a resource by key, with those that are there from the beginning. flags: of the API
    server."""
    stored: Mapping[str, Any] = etcd.range(resource)
    if not is_given(resource) or (resource in _OF_TODAY and not TRAITS[release].given_objects):
        return stored
    system = etcd.get("namespaces", "kube-system")
    made = system.metadata.creation_timestamp if system is not None else ""
    if resource == API_SERVICES:
        return api_services(etcd, made)
    if resource == CIDRS:
        return {**given_cidrs(made, flags.service_cluster_ip_range), **stored}
    if resource in ROLE_RESOURCES:
        return {**given_roles(resource, made, release), **stored}
    return {**given_flows(resource, made), **stored}


def is_given(resource: str) -> bool:
    """Objects of that resource are there from the beginning."""
    return resource in ROLE_RESOURCES or resource in _OF_TODAY


def given(etcd: Etcd, resource: str, name: str, release: str, flags: ApiServerFlags) -> Any:
    """One of those that are there from the beginning; None of any other."""
    return with_given(etcd, resource, release, flags).get(name) if is_given(resource) else None
