"""Objects that an API server of today has from the beginning. They are stored only once somebody changes
one: until then they are there for whoever looks, and no revision is theirs."""

from collections.abc import Mapping
from typing import Any

from clustersim.apiserver.bootstrap_roles import BINDINGS, ROLES, given_roles
from clustersim.apiserver.flow_control import FLOWS, LEVELS, given_flows
from clustersim.apiserver.traits import TRAITS
from clustersim.etcd import Etcd

_GIVEN = {FLOWS: given_flows, LEVELS: given_flows, ROLES: given_roles, BINDINGS: given_roles}


def with_given(etcd: Etcd, resource: str, release: str) -> Mapping[str, Any]:
    """The objects of a resource by key, with those that are there from the beginning."""
    stored: Mapping[str, Any] = etcd.range(resource)
    if resource not in _GIVEN or not TRAITS[release].given_objects:
        return stored
    system = etcd.get("namespaces", "kube-system")
    made = system.metadata.creation_timestamp if system is not None else ""
    return {**_GIVEN[resource](resource, made), **stored}


def given(etcd: Etcd, resource: str, name: str, release: str) -> Any:
    """One of those that are there from the beginning; None of any other."""
    return with_given(etcd, resource, release).get(name) if resource in _GIVEN else None
