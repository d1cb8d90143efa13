"""The admission plugin PodTopologyLabels: a pod has the zone and the region of its node as labels of its own.

Source: v1.36.2 plugin/pkg/admission/podtopologylabels, pkg/registry/core/pod/storage (setPodNodeAndMetadata).
"""

from typing import Any, Final

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

NAME: Final = "PodTopologyLabels"
_COPIED: Final = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")


def pod_topology_labels(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod that has a node, with the labels of that node."""
    return located(etcd, obj) if isinstance(obj, Pod) and obj.spec.node_name else obj


def located(etcd: Etcd, pod: Pod) -> Pod:
    """The same of a pod that was just given its node."""
    node = etcd.get("nodes", pod.spec.node_name)
    found = {key: node.metadata.labels[key] for key in _COPIED if key in node.metadata.labels} if node else {}
    if not found:
        return pod
    return replace(pod, metadata=replace(pod.metadata, labels={**pod.metadata.labels, **found}))
