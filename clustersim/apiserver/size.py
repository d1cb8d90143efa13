"""How large a cluster may grow. No real API server has this bound; the machine under the model does.

Refused as a quota would be, with 403, whoever asks: a manifest, a patch, a controller.
"""

from typing import Any

from clustersim import bounds
from clustersim.api.errors import forbidden
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.etcd import Change, Etcd, Store

WANTING = ("deployments", "replicasets", "replicationcontrollers", "statefulsets", "jobs", "daemonsets")
"""Resources whose objects want pods."""


_COUNTED = (*WANTING, "pods")


class Wanted:
    """What is wanted in all, kept as objects come and go. It is made from a store and is no part of anybody's
    memory.

    pods: of objects that say how many; everywhere: how many objects want one on each node; bare: pods that
    nobody manages.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pods = self.everywhere = self.bare = 0
        for resource in _COUNTED:
            for obj in store.objects.get(resource, {}).values():
                self._count(resource, obj, 1)

    def follow(self, change: Change) -> None:
        """An object was added, changed or removed."""
        if change.type == "MODIFIED":
            value, previous = change.value, change.previous
            owners, before = value.metadata.owner_references, previous.metadata.owner_references
            if change.resource == "pods" and bool(owners) == bool(before):
                return
            if owners is before and value.spec is previous.spec:
                return
        if change.previous is not None:
            self._count(change.resource, change.previous, -1)
        if change.type != "DELETED":
            self._count(change.resource, change.value, 1)

    def _count(self, resource: str, obj: Any, by: int) -> None:
        if resource == "pods":
            self.bare += by * (not obj.metadata.owner_references)
        elif controller_of(obj) is None:
            none = wanted(obj, 0)
            self.pods += by * none
            self.everywhere += by * (wanted(obj, 1) - none)


class Size:
    """The bounds, and what there is."""

    def __init__(self, etcd: Etcd) -> None:
        self._etcd = etcd
        self._wanted: Wanted | None = None
        etcd.follow(_COUNTED, self._follow)
        self.begin_with(0)

    def begin_with(self, pods: int) -> None:
        """The cluster's scenario begins with so many pods."""
        self.most_pods = bounds.most_pods(pods)
        self.most_objects = bounds.most_objects(pods)

    def check(self, resource: str, obj: Any, old: Any = None) -> None:
        """Refuse an object that would be one too many, or that wants too many pods. Raises ApiError."""
        name = obj.metadata.name
        if old is None:
            count = len(self._etcd.range(resource))
            most = self.most_pods if resource == "pods" else self.most_objects
            if count >= (most if resource != "events" else bounds.MOST_EVENTS):
                raise forbidden(resource, name, f"this cluster takes at most {most} {resource}")
        other = old is None or obj.spec is not old.spec
        if resource in WANTING and other and wanted(obj) > (0 if old is None else wanted(old)):
            pods = self.pods_with(resource, obj)
            if pods > self.most_pods:
                text = f"this cluster takes at most {self.most_pods} pods, and would have {pods}"
                raise forbidden(resource, name, text)

    def check_parts(self, resource: str, obj: Any, old: Any = None) -> None:
        """Refuse an object with too much in it. Raises ApiError. old: what it was before, which was not too
        much."""
        spec = getattr(obj, "spec", None)
        if old is not None and obj.metadata is old.metadata and spec is getattr(old, "spec", None):
            return
        template = None if spec is None else getattr(spec, "template", None)
        for one in (obj, template) if template is not None else (obj,):
            metadata = one.metadata
            if len(metadata.labels) + len(metadata.annotations) > bounds.MOST_LABELS:
                text = f"this cluster takes at most {bounds.MOST_LABELS} labels and annotations of an object"
                raise forbidden(resource, obj.metadata.name, text)
        pod = spec if template is None else template.spec
        if pod is not None and len(getattr(pod, "containers", ())) > bounds.MOST_CONTAINERS_OF_POD:
            text = f"this cluster takes at most {bounds.MOST_CONTAINERS_OF_POD} containers in a pod"
            raise forbidden(resource, obj.metadata.name, text)

    def pods_with(self, resource: str, obj: Any) -> int:
        """How many pods are wanted in all when this object is as given. What somebody else manages wants
        none of its own.
        """
        if controller_of(obj) is not None:
            return 0
        nodes = len(self._etcd.range("nodes"))
        if self._wanted is None or self._wanted.store is not self._etcd.store:
            self._wanted = Wanted(self._etcd.store)
        others = self._wanted
        total = wanted(obj, nodes) + others.pods + nodes * others.everywhere + others.bare
        old = self._etcd.get(resource, key_of(obj))
        if old is not None and old.metadata.uid == obj.metadata.uid and controller_of(old) is None:
            total -= wanted(old, nodes)
        return total

    def _follow(self, change: Change) -> None:
        if (known := self._wanted) is not None and known.store is self._etcd.store:
            known.follow(change)


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
