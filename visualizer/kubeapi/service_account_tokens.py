"""Requests for tokens of service accounts, and reviews of these."""

from typing import Any

from clustersim.apiserver.tokens import HOUR, Named, reviewed, token_of
from clustersim.cluster import Cluster
from visualizer.kubeapi.responses import WireError


def token_request(cluster: Cluster, account: Any, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a TokenRequest for that ServiceAccount. Raises WireError and ApiError."""
    asked = body.get("spec")
    asked = asked if isinstance(asked, dict) else {}
    seconds, audiences = asked.get("expirationSeconds"), asked.get("audiences") or []
    seconds = HOUR if seconds is None else seconds
    if type(seconds) is not int or not isinstance(audiences, list):
        raise WireError(400, "spec.expirationSeconds must be a number and spec.audiences a list")
    told = [str(one) for one in audiences]
    bound, seed = asked.get("boundObjectRef"), cluster.scenario.seed
    node = _node_of(cluster, account.metadata.namespace, bound)
    return token_of(seed, account, cluster.now, seconds=seconds, audiences=told, bound=bound, node=node)


def _node_of(cluster: Cluster, namespace: str, bound: Any) -> Named | None:
    """The node of the pod that a token is to be bound to."""
    name = bound.get("name") if isinstance(bound, dict) and bound.get("kind") == "Pod" else None
    pod: Any = cluster.object("pods", f"{namespace}/{name}") if isinstance(name, str) else None
    node: Any = None if pod is None else cluster.object("nodes", pod.spec.node_name)
    return None if node is None else Named(node.metadata.name, node.metadata.uid)


def token_review(cluster: Cluster, spec: dict[str, Any]) -> dict[str, Any]:
    """The status of a TokenReview: whose token it is, if it is one of this cluster and still good."""
    return reviewed(cluster.scenario.seed, spec, cluster.objects("serviceaccounts"), cluster.now)
