"""How large a cluster may grow. No real API server has this bound; the machine under the model does.

Refused as a quota would be, with 403, whoever asks: a manifest, a patch, a controller.
"""

from typing import Any

from clustersim import bounds
from clustersim.api.errors import forbidden
from clustersim.api.owners import controller_of
from clustersim.etcd import Etcd

WANTING = ("deployments", "replicasets", "replicationcontrollers", "statefulsets", "jobs", "daemonsets")
"""Resources whose objects want pods."""


class Size:
    """begun_with: pods that the cluster's scenario begins with."""

    def __init__(self, etcd: Etcd, begun_with: int = 0) -> None:
        self._etcd = etcd
        self.most_pods = bounds.most_pods(begun_with)
        self.most_objects = bounds.most_objects(begun_with)

    def check(self, resource: str, obj: Any, old: Any = None) -> None:
        """Refuse an object that would be one too many, or that wants too many pods. Raises ApiError."""
        name = obj.metadata.name
        if old is None:
            count = len(self._etcd.range(resource))
            most = self.most_pods if resource == "pods" else self.most_objects
            if count >= (most if resource != "events" else bounds.MOST_EVENTS):
                raise forbidden(resource, name, f"this cluster takes at most {most} {resource}")
        if resource in WANTING and wanted(obj) > (0 if old is None else wanted(old)):
            pods = self.pods_with(resource, obj)
            if pods > self.most_pods:
                text = f"this cluster takes at most {self.most_pods} pods, and would have {pods}"
                raise forbidden(resource, name, text)

    def pods_with(self, resource: str, obj: Any) -> int:
        """How many pods are wanted in all when this object is as given. What somebody else manages wants
        none of its own.
        """
        if controller_of(obj) is not None:
            return 0
        nodes = len(self._etcd.range("nodes"))
        total = wanted(obj, nodes)
        for other in WANTING:
            for found in self._etcd.range(other).values():
                if controller_of(found) is None and found.metadata.uid != obj.metadata.uid:
                    total += wanted(found, nodes)
        bare = self._etcd.range("pods").values()
        return total + sum(not pod.metadata.owner_references for pod in bare)


def wanted(obj: Any, nodes: int = 1) -> int:
    """How many pods an object wants."""
    spec = obj.spec
    replicas = getattr(spec, "replicas", None)
    if replicas is not None:
        return max(0, int(replicas))
    parallelism = getattr(spec, "parallelism", None)
    if parallelism is not None:
        return max(0, int(parallelism))
    return nodes if hasattr(spec, "update_strategy") and not hasattr(spec, "replicas") else 1
