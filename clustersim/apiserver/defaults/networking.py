"""Defaults of network policies and Ingress classes (pkg/apis/networking/v1/defaults.go)."""

from clustersim.api.meta import replace
from clustersim.api.networking import IngressClass, NetworkPolicy


def default_network_policy(policy: NetworkPolicy) -> NetworkPolicy:
    """A policy is about what comes in, and also about what goes out if it has rules for that (since v1.8)."""
    if policy.spec.policy_types:
        return policy
    kinds = ("Ingress", "Egress") if policy.spec.egress else ("Ingress",)
    return replace(policy, spec=replace(policy.spec, policy_types=kinds))


def default_ingress_class(found: IngressClass) -> IngressClass:
    """Its parameters are of the whole cluster."""
    given = found.spec.parameters
    if given is None or given.scope:
        return found
    return replace(found, spec=replace(found.spec, parameters=replace(given, scope="Cluster")))
