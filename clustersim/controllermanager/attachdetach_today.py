"""What the attach/detach controller of v1.36 does otherwise: disks are those of CSI drivers.

A VolumeAttachment says what a driver's attacher is to do, and whether it has; what the attacher does is done
here. Source: v1.36 pkg/controller/volume/attachdetach/{attach_detach_controller,reconciler/reconciler,
util/util}.go, pkg/volume/csi/csi_attacher.go.
"""

from collections.abc import Iterator
from typing import Any, Final

from clustersim.api.attachable import attachment_name, driver_of, must_be_attached, unique_name
from clustersim.api.core_v1 import Node, Pod
from clustersim.api.kept import CSIDriver, VolumeAttachment
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.controllermanager.attachdetach import (
    ALL,
    TAKES,
    AttachDetachController,
    Use,
    volume_key,
)
from clustersim.controllermanager.context import ControllerContext
from clustersim.engine.time import Micros
from clustersim.node_ready import is_ready_node

OUT_OF_SERVICE: Final = "node.kubernetes.io/out-of-service"
ATTACHMENTS: Final = "volumeattachments"


class AttachDetachControllerV136(AttachDetachController):
    """v1.36: by force only from a node that is not well, at once from one that is out of service. What the
    driver's attacher writes into a VolumeAttachment is written here, too. Volumes of drivers that need no
    attaching are left alone."""

    waits_for = (*AttachDetachController.waits_for, ATTACHMENTS)

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context)
        self.attachments = self.shared.get(ATTACHMENTS)
        self.drivers = self.shared.get("csidrivers", self.driver_changed)

    def start(self) -> None:
        super().start()
        self._recall()

    def _recall(self) -> None:
        """What VolumeAttachments say of nodes that have no object is attached there, and taken for used
        (processVolumeAttachments; those without a PersistentVolume are passed over)."""
        for attachment in self.attachments.list():
            spec = attachment.spec if isinstance(attachment.spec, dict) else {}
            name, source = spec.get("nodeName"), spec.get("source")
            volume = (
                self.volumes.get("", str(source.get("persistentVolumeName")))
                if isinstance(source, dict)
                else None
            )
            called = unique_name(volume.spec, csi=True) if volume is not None else ""
            if called and isinstance(name, str) and self.nodes.get("", name) is None:
                self.recall(name, called)
        if self.state.gone:
            self.queue.add(ALL)

    def driver_changed(self, _old: CSIDriver | None, _new: CSIDriver | None) -> None:
        """What a driver needs may be otherwise."""
        self.queue.add(ALL)

    def _of_pod(self, pod: Pod) -> Iterator[Use]:
        for use in super()._of_pod(pod):
            driver = driver_of(use.name)
            if not driver or must_be_attached(self.drivers.get("", driver)):
                yield use

    def attach(self, use: Use) -> None:
        driver = driver_of(use.name)
        if not driver:
            super().attach(use)
            return
        source: dict[str, Any] = {"inlineVolumeSpec": {}}
        if use.source:
            source = {"persistentVolumeName": use.source}
        attachment = VolumeAttachment(
            metadata=ObjectMeta(
                name=attachment_name(use.node, use.name),
                finalizers=(f"external-attacher/{driver.replace('.', '-')}",),
            ),
            spec={"attacher": driver, "nodeName": use.node, "source": source},
            status={"attached": False},
        )
        self.api.create(attachment, self.then(self.attachment_made, use))

    def attachment_made(self, reply: Reply, use: Use) -> None:
        """The attacher is told, or has been before."""
        if reply.ok or reply.status == 409:
            self.post(TAKES, self.driver_attached, use)
        else:
            self.state.busy.pop(volume_key(use.node, use.name), None)
            self.queue.add_after(ALL, TAKES)

    def driver_attached(self, use: Use) -> None:
        """The attacher has done it, and says so."""
        name, status = attachment_name(use.node, use.name), {"status": {"attached": True}}
        request = Request("patch", ATTACHMENTS, "", name, status, subresource="status")
        self.api.send(request, self.then(self.attachment_seen, use))

    def attachment_seen(self, reply: Reply, use: Use) -> None:
        """The VolumeAttachment says that the volume is there."""
        if reply.ok:
            self.attached(use)
        else:
            self.attachment_made(reply, use)

    def detach(self, key: str) -> None:
        node, _, volume = key.partition(" ")
        if driver_of(volume):
            self.api.delete(ATTACHMENTS, "", attachment_name(node, volume), self.then(self.going, key))
        else:
            super().detach(key)

    def going(self, reply: Reply, key: str) -> None:
        """The attacher takes the volume off; without a VolumeAttachment there is none to tell."""
        self.post(TAKES, self.driver_detached, key)

    def driver_detached(self, key: str) -> None:
        """The attacher has done it, and lets its object go."""
        node, _, volume = key.partition(" ")
        patch = {"metadata": {"finalizers": None}}
        self.api.patch(
            ATTACHMENTS, "", attachment_name(node, volume), patch, self.then(self.attachment_gone, key)
        )

    def attachment_gone(self, reply: Reply, key: str) -> None:
        """Nothing says any more that the volume is there."""
        if reply.ok or reply.status == 404:
            self.detached(key)
        else:
            self.going(reply, key)

    def forces(self, node: Node, left: Micros) -> bool:
        if node.metadata.name in self.state.gone:
            return super().forces(node, left)
        out = any(one.key == OUT_OF_SERVICE for one in node.spec.taints)
        return out or (left <= 0 and not is_ready_node(node))

    def why(self, use: Use, others: list[Pod]) -> str:
        if not others:
            return super().why(use, others)
        namespace = use.pod.metadata.namespace
        here = [pod.metadata.name for pod in others if pod.metadata.namespace == namespace]
        away = len(others) - len(here)
        if not here:
            return f"Volume is already used by {away} pod(s) in different namespaces"
        more = f" and {away} pod(s) in different namespaces" if away else ""
        return f"Volume is already used by pod(s) {', '.join(here)}{more}"

    def tell_attached(self, use: Use) -> None:
        text = f'AttachVolume.Attach succeeded for volume "{use.shown}"'
        for one in self._uses():
            if (one.node, one.name) == (use.node, use.name):
                self.tell(one.pod, "Normal", "SuccessfulAttachVolume", text)
