"""What a container and its pod's volumes have of ConfigMaps and Secrets: what these held when somebody read
them."""

import base64
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from clustersim.kubelet.volumes import contents
from clustersim.runtime.records import RUNNING, Container, Held

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


def record_of(api: Any, pod: Any, name: str) -> Container | None:
    """A running container as its runtime knows it."""
    return next(
        (
            one
            for one in api.cluster.runtime(pod.spec.node_name).disk.containers.values()
            if one.pod_uid == pod.metadata.uid and one.name == name and one.state == RUNNING
        ),
        None,
    )


def with_id(cluster: "Cluster", pod: Any, number: str) -> Container | None:
    """A container of a pod's node, running or not, by the id that a status gives ("docker://...")."""
    return cluster.runtime(pod.spec.node_name).disk.containers.get(number.rpartition("/")[2])


def held_by(record: Container | None) -> dict[tuple[str, str], Held]:
    """What a container was made of, by resource and name."""
    return by_name(() if record is None else record.held)


def in_volumes(api: Any, pod: Any) -> dict[tuple[str, str], Held]:
    """What is in a pod's volumes."""
    return by_name(contents(api.cluster.machines[pod.spec.node_name], pod.metadata.uid))


def by_name(found: Iterable[Held]) -> dict[tuple[str, str], Held]:
    """The last of each name."""
    return {(one.resource, one.name): one for one in found}


def keys_held(held: Mapping[tuple[str, str], Held], resource: str, name: str) -> dict[str, str]:
    """Its keys, and what a container reads of each. A Secret is none to the containers that are given
    it, nor to whoever may look into them."""
    one = held.get((resource, name))
    return {} if one is None else {**one.data, **{key: _text(text) for key, text in one.binary.items()}}


def _text(text: str) -> str:
    """What stands there in base64."""
    try:
        return base64.b64decode(text).decode("utf-8", "surrogateescape")
    except ValueError:
        return ""
