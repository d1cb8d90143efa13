"""Which ResourceClaims a pod uses, and what they ask for.

Source: v1.36 staging/src/k8s.io/dynamic-resource-allocation/resourceclaim/resourceclaim.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clustersim.api.core_v1 import Pod, PodResourceClaim
from clustersim.api.kept import ResourceClaim
from clustersim.api.owners import controller_of


class ClaimNotMade(Exception):
    """The claim that a pod is to get of its own is not there yet; its text says so."""


def claim_name(pod: Pod, wanted: PodResourceClaim) -> str:
    """The name of a claim that the pod uses: given, or noted in its status where it was made from a template.
    Raises ClaimNotMade."""
    if wanted.resource_claim_name:
        return wanted.resource_claim_name
    for made in pod.status.resource_claim_statuses:
        if made.name == wanted.name:
            return made.resource_claim_name
    metadata = pod.metadata
    raise ClaimNotMade(f'pod "{metadata.namespace}/{metadata.name}": ResourceClaim not created yet')


def objection(pod: Pod, claims: Mapping[str, ResourceClaim]) -> str:
    """Why the claims of the pod keep it from being looked at at all, empty if they do not. claims: by
    namespace/name (foreachPodResourceClaim)."""
    namespace = pod.metadata.namespace
    for wanted in pod.spec.resource_claims:
        try:
            name = claim_name(pod, wanted)
        except ClaimNotMade as why:
            return str(why)
        claim = claims.get(f"{namespace}/{name}")
        if claim is None:
            return f'resourceclaim.resource.k8s.io "{name}" not found'
        if claim.metadata.deletion_timestamp:
            return f'resourceclaim "{name}" is being deleted'
        if not wanted.resource_claim_name and not is_for(pod, claim):
            place = f"{namespace}/{name} was not created for pod {namespace}/{pod.metadata.name}"
            return f"ResourceClaim {place} (pod is not owner)"
    return ""


def is_for(pod: Pod, claim: ResourceClaim) -> bool:
    """The claim was made for that pod (IsForPod)."""
    owner = controller_of(claim)
    return owner is not None and owner.uid == pod.metadata.uid


def requests_of(claim: ResourceClaim) -> Iterator[tuple[str, str]]:
    """What the claim asks for: the name of each request, "request/alternative" where it has several, and the
    class of its devices."""
    for request in _list(_map(_map(claim.spec).get("devices")).get("requests")):
        name = str(request.get("name", ""))
        for other in _list(request.get("firstAvailable")):
            yield f"{name}/{other.get('name', '')}", str(other.get("deviceClassName", ""))
        if exactly := _map(request.get("exactly")):
            yield name, str(exactly.get("deviceClassName", ""))


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
