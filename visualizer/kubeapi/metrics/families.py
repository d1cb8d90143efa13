"""What a metric of kube-state-metrics is: its name, the objects it counts, and the releases beside which it
exists.

Beside v1.7 people ran kube-state-metrics v1.0, beside v1.8 v1.1, beside v1.36 the newest.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.timestamp import micros

RELEASES: Final = ("v1.7", "v1.8", "v1.36")
SECOND: Final = 1_000_000

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]


class Family(msgspec.Struct, frozen=True):
    """One metric of one resource. first, last: the releases beside which it exists."""

    name: str
    help: str
    resource: str
    samples: Callable[[Any], Samples]
    first: str = "v1.7"
    last: str = "v1.36"

    def beside(self, release: str) -> bool:
        """It exists beside that release."""
        return RELEASES.index(self.first) <= RELEASES.index(release) <= RELEASES.index(self.last)


def labels_of(label: str) -> Callable[[Any], Labels]:
    """How objects of a namespaced kind are labelled."""

    def labels(obj: Any) -> Labels:
        return {"namespace": obj.metadata.namespace, label: obj.metadata.name}

    return labels


def node_labels(obj: Any) -> Labels:
    """How a node is labelled."""
    return {"node": obj.metadata.name}


pod_labels = labels_of("pod")
LABELS: Final[Mapping[str, Callable[[Any], Labels]]] = {
    "nodes": node_labels,
    "pods": pod_labels,
    "replicationcontrollers": labels_of("replicationcontroller"),
    "replicasets": labels_of("replicaset"),
    "deployments": labels_of("deployment"),
    "daemonsets": labels_of("daemonset"),
    "statefulsets": labels_of("statefulset"),
    "jobs": labels_of("job_name"),
    "services": labels_of("service"),
    "namespaces": lambda obj: {"namespace": obj.metadata.name},
}


def number_at(resource: str, path: str) -> Callable[[Any], Samples]:
    """A number somewhere in the object; nothing where it is not set."""
    labels, names = LABELS[resource], path.split(".")

    def samples(obj: Any) -> Samples:
        value = obj
        for name in names:
            value = getattr(value, name, None)
        return [(labels(obj), float(value))] if isinstance(value, int | bool) else []

    return samples


def created(resource: str) -> Family:
    """When objects of the kind were created."""
    singular = resource.removesuffix("s")
    return Family(
        f"kube_{singular}_created", "Unix creation timestamp", resource, _timestamp(resource), first="v1.8"
    )


def _timestamp(resource: str) -> Callable[[Any], Samples]:
    labels = LABELS[resource]
    return lambda obj: [(labels(obj), micros(obj.metadata.creation_timestamp) / SECOND)]


def numbers(resource: str, **paths: str) -> Iterator[Family]:
    """Families of plain numbers: what follows `kube_KIND_`, and where the number stands."""
    singular = resource.removesuffix("s")
    for name, path in paths.items():
        text = path.replace(".", " ").replace("_", " ")
        yield Family(f"kube_{singular}_{name}", f"The {text} of it.", resource, number_at(resource, path))
