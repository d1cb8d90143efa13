"""The claims that a pod uses.

Source: v1.36 staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go (VolumeClaimName: that of a
claim that is made for the pod alone).
"""

from collections.abc import Iterator

from clustersim.api.core_v1 import Pod


def claim_names(pod: Pod) -> Iterator[tuple[str, bool]]:
    """The names of the claims, and whether each is made for the pod alone."""
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim is not None:
            yield volume.persistent_volume_claim.claim_name, False
        elif volume.ephemeral is not None:
            yield f"{pod.metadata.name}-{volume.name}", True
