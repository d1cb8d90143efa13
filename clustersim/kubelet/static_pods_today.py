"""Static pods today: a mirror belongs to the Node, so it is not made before that is known, and the garbage
collector takes it away with it (v1.36.2 pkg/kubelet/pod/mirror_client.go, pkg/kubelet/kubelet.go
tryReconcileMirrorPods)."""

from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Node, Pod
from clustersim.api.meta import OwnerReference, replace
from clustersim.kubelet.static_pods import LOG, StaticPods

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class StaticPodsOfToday(StaticPods):
    """Mirrors with an owner."""

    kubelet: "KubeletV136"
    of_today = True

    def mirror_of(self, pod: Pod) -> Pod | None:
        name = self.kubelet.node_name
        node: Node | None = self.kubelet.node_status.informer.get("", name)
        if node is None:
            text = "Unable to register mirror pod because node is not registered yet"
            self.log(LOG, f'"{text}" err="node \\"{name}\\" not found" node="{name}"', "E")
            return None
        if node.metadata.deletion_timestamp:
            text = "No need to create a mirror pod, since node has been removed from the cluster"
            self.log(LOG, f'"{text}" node="{name}"')
            return None
        mirror = super().mirror_of(pod)
        assert mirror is not None
        owner = OwnerReference(
            api_version="v1", kind="Node", name=name, uid=node.metadata.uid, controller=True
        )
        owned: Pod = replace(mirror, metadata=replace(mirror.metadata, owner_references=(owner,)))
        return owned

    def node_known(self) -> None:
        """The Node is there, maybe for the first time: mirrors that waited for it are made."""
        for pod in self.known():
            self.keep_mirror(pod)
