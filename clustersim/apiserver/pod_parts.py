"""Parts of a pod that are changed at an address of their own: whatever else such a request says is left as it
was (v1.36.2 pkg/registry/core/pod/strategy.go)."""

from collections.abc import Callable
from typing import Final, NamedTuple

from clustersim.api.core.container import Container
from clustersim.api.core.pod import Pod
from clustersim.api.meta import replace
from clustersim.apiserver.validation.ephemeral import check_added
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.resizing import check_resized


class PodPart(NamedTuple):
    """taken: the old pod with that part of the new one; check: what is wrong with such a change."""

    taken: Callable[[Pod, Pod], Pod]
    check: Callable[[FieldErrors, Pod, Pod], None]


def _with_ephemeral_containers(old: Pod, new: Pod) -> Pod:
    spec = replace(old.spec, ephemeral_containers=new.spec.ephemeral_containers)
    return _of_old(old, new, replace(old, spec=spec))


def _with_sizes(old: Pod, new: Pod) -> Pod:
    """Resources and resize policies; what adds, removes or renames containers is left for the check to see
    (dropNonResizeUpdates)."""
    containers = _sized(old.spec.containers, new.spec.containers)
    init = _sized(old.spec.init_containers, new.spec.init_containers)
    spec = replace(old.spec, containers=containers, init_containers=init, resources=new.spec.resources)
    return _of_old(old, new, replace(old, spec=spec))


def _sized(old: tuple[Container, ...], new: tuple[Container, ...]) -> tuple[Container, ...]:
    if [one.name for one in old] != [one.name for one in new]:
        return new
    sized = tuple(
        replace(one, resources=other.resources, resize_policy=other.resize_policy)
        for one, other in zip(old, new, strict=True)
    )
    return old if sized == old else sized


def _of_old(old: Pod, new: Pod, changed: Pod) -> Pod:
    """Metadata stays, except for who set what (ResetObjectMetaForStatus)."""
    metadata = replace(old.metadata, managed_fields=new.metadata.managed_fields)
    kept: Pod = replace(changed, metadata=metadata)
    return kept


RESIZE: Final = "resize"

POD_PARTS: Final = {
    "ephemeralcontainers": PodPart(_with_ephemeral_containers, check_added),
    RESIZE: PodPart(_with_sizes, check_resized),
}
"""By the subresource's name."""
