r"""The attach/detach controller: volumes go to the nodes of the pods that want them.

```
 wanted on a node --attached to another, and exclusive?--> Multi-Attach error, until it is detached there
                  \--otherwise--> attached --> the node's status says so --> its kubelet mounts it
 wanted no more --the node still says that it uses it?--> waited for, 6 min; then by force
                \--otherwise--> detached
```
A node whose object is deleted keeps its volumes, and uses them as it said last: they go by force, too. Who
starts knows of them what nodes say, and today what VolumeAttachments say.
There is no cloud here: each attaching and detaching takes a while and goes well. Disks of today are those of
CSI drivers: attachdetach_today.py.
Source: v1.7.5, v1.8.0 pkg/controller/volume/attachdetach/{attach_detach_controller,reconciler/reconciler,
util/util}.go.
"""

from collections.abc import Iterator
from typing import ClassVar, Final

import msgspec

from clustersim.api.attachable import (
    is_exclusive,
    unique_name,
)
from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import AttachedVolume, Node, PersistentVolumeClaim, Pod
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.actor import Then
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.node_ready import is_ready_node

TAKES: Final[Micros] = 2 * SECOND
"""How long the imagined cloud attaches or detaches a disk."""
LONGEST_UNMOUNT: Final[Micros] = 6 * MINUTE
"""maxWaitForUnmountDuration."""
ALL: Final = "volumes"
"""The key of a look at all volumes."""
_ATTACHED: Final = "attached"
_DETACHED: Final = "detached"
_OVER: Final = ("Succeeded", "Failed")


class Use(msgspec.Struct, frozen=True):
    """A pod wants a volume on its node. name: what nodes call it; shown: what people do; source: the
    PersistentVolume, empty where the pod itself says what its volume is."""

    node: str
    name: str
    shown: str
    exclusive: bool
    pod: Pod
    source: str = ""


class AttachDetachMemory(State):
    """By "node name-of-volume". pods: those with volumes that may have to be attached. busy: being attached
    or detached, until the cache of nodes shows it; told: of which a Multi-Attach error was told; unwanted:
    since when nobody wants it there. gone: nodes without an object that have volumes still, as they were."""

    pods: dict[str, bool] = msgspec.field(default_factory=dict)
    busy: dict[str, str] = msgspec.field(default_factory=dict)
    told: dict[str, bool] = msgspec.field(default_factory=dict)
    unwanted: dict[str, Micros] = msgspec.field(default_factory=dict)
    gone: dict[str, Node] = msgspec.field(default_factory=dict)


class AttachDetachController(Controller):
    """v1.7 and v1.8."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "nodes", "persistentvolumeclaims", "persistentvolumes")
    title: ClassVar[str] = "attachdetach"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "attachdetach-controller", "attachdetach-controller")
        self.pods = self.shared.get("pods", self.pod_changed, of_volumes=True)
        self.nodes = self.shared.get("nodes", self.node_changed, renewals=False)
        self.claims = self.shared.get("persistentvolumeclaims", self.claim_changed)
        self.volumes = self.shared.get("persistentvolumes")
        self.queue = WorkQueue(self.process, self.name, self.sync)

    @property
    def state(self) -> AttachDetachMemory:
        """Its memory."""
        return self.memory(AttachDetachMemory)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod got a node, ended, or is gone."""
        pod = new if new is not None else old
        if pod is None or not _may_want(pod, csi=self.traits.speaks_csi):
            return
        if new is None:
            self.state.pods.pop(key_of(pod), None)
        else:
            self.state.pods[key_of(pod)] = True
        self.queue.add(ALL)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node uses a volume no more, or another is attached to it; or it is well, out of service, gone."""
        known = [one for one in (old, new) if one is not None and _volumes_of(one)]
        if new is None and old is not None and old.status.volumes_attached:
            self.state.gone[old.metadata.name] = old
        elif new is not None and old is None:
            self._return(new)
        if known and (old is None or new is None or _seen(old) != _seen(new)):
            self.queue.add(ALL)

    def recall(self, node: str, volume: str) -> None:
        """A node without an object has a volume, and may use it."""
        was = self.state.gone.get(node) or Node(metadata=ObjectMeta(name=node))
        has, uses = was.status.volumes_attached, was.status.volumes_in_use
        if volume not in uses:
            has, uses = (*has, AttachedVolume(name=volume)), (*uses, volume)
            known = replace(was.status, volumes_attached=has, volumes_in_use=uses)
            self.state.gone[node] = replace(was, status=known)

    def _return(self, node: Node) -> None:
        """A node has an object again: it is told what is still attached to it."""
        was = self.state.gone.pop(node.metadata.name, None)
        lost = [one for one in was.status.volumes_attached if not _has(node, one.name)] if was else []
        if lost:
            told = [*node.status.volumes_attached, *lost]
            self._write(node.metadata.name, told, self.then(self.told_again))

    def told_again(self, reply: Reply) -> None:
        """The node knows its volumes, or has changed once more."""

    def _homes(self) -> list[Node]:
        """All nodes that may have volumes."""
        return [*self.nodes.list(), *self.state.gone.values()]

    def claim_changed(self, old: PersistentVolumeClaim | None, new: PersistentVolumeClaim | None) -> None:
        """A claim got its volume: a pod may wait for it."""
        if new is not None and self.state.pods and (old is None or old.spec != new.spec):
            self.queue.add(ALL)

    # --- looking ------------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Compare what is wanted with what is attached: first what is to go, then what is to come."""
        self._settle()
        uses = list(self._uses())
        wanted = {volume_key(use.node, use.name) for use in uses}
        for node in self._homes():
            for attached in node.status.volumes_attached:
                if volume_key(node.metadata.name, attached.name) in wanted:
                    self.state.unwanted.pop(volume_key(node.metadata.name, attached.name), None)
                else:
                    self._let_go(node, attached.name)
        for use in uses:
            self._bring(use, uses)
        self.queue.done(key)

    def _settle(self) -> None:
        """What was done is over once the cache of nodes shows it."""
        busy = self.state.busy
        for key, doing in list(busy.items()):
            name, _, volume = key.partition(" ")
            node = self.nodes.get("", name)
            if name in self.state.gone:
                if doing == _DETACHED:
                    del busy[key]
                    self._forget(name, volume)
                continue
            shown = node is not None and _has(node, volume)
            if node is None or (doing == _ATTACHED and shown) or (doing == _DETACHED and not shown):
                del busy[key]

    def _forget(self, node: str, volume: str) -> None:
        """A volume was taken off a node that has no object."""
        was = self.state.gone.pop(node)
        left = tuple(one for one in was.status.volumes_attached if one.name != volume)
        if left:
            self.state.gone[node] = replace(was, status=replace(was.status, volumes_attached=left))

    def _uses(self) -> Iterator[Use]:
        for key in sorted(self.state.pods):
            namespace, _, name = key.partition("/")
            pod = self.pods.get(namespace, name)
            if pod is None or not pod.spec.node_name or _is_over(pod):
                continue
            yield from self._of_pod(pod)

    def _of_pod(self, pod: Pod) -> Iterator[Use]:
        csi, node = self.traits.speaks_csi, pod.spec.node_name
        for claim_name, _own in claim_names(pod):
            claim = self.claims.get(pod.metadata.namespace, claim_name)
            volume = self.volumes.get("", claim.spec.volume_name) if claim is not None else None
            if volume is not None and (name := unique_name(volume.spec, csi=csi)):
                shown = volume.metadata.name
                yield Use(node, name, shown, is_exclusive(volume), pod, shown)
        for own in pod.spec.volumes:
            if name := unique_name(own, csi=csi):
                yield Use(node, name, own.name, is_exclusive(own), pod)

    # --- detaching ----------------------------------------------------------------------------------

    def _let_go(self, node: Node, name: str) -> None:
        memory, key = self.state, volume_key(node.metadata.name, name)
        if key in memory.busy:
            return
        since = memory.unwanted.setdefault(key, self.now)
        used = name in node.status.volumes_in_use
        left = since + LONGEST_UNMOUNT - self.now
        if used and not self.forces(node, left):
            if left > 0:
                self.queue.add_after(ALL, left)
            return
        rule = rules.DETACHED_BY_FORCE if used else rules.DETACHED
        self.decide("detach", f"nodes/{node.metadata.name}", rule.holds(node=node.metadata.name, volume=name))
        memory.busy[key] = "detach"
        if node.metadata.name in memory.gone:
            self.detach(key)
            return
        kept = [one for one in node.status.volumes_attached if one.name != name]
        self._write(node.metadata.name, kept, self.then(self.detaching, key))

    def forces(self, node: Node, left: Micros) -> bool:
        """A volume that the node says to use is detached all the same."""
        return left <= 0

    def detaching(self, reply: Reply, key: str) -> None:
        """The node knows that it loses the volume."""
        if reply.ok:
            self.detach(key)
        else:
            self.state.busy.pop(key, None)
            self.queue.add_after(ALL, TAKES)

    def detach(self, key: str) -> None:
        """The cloud is asked to take it off."""
        self.post(TAKES, self.detached, key)

    def detached(self, key: str) -> None:
        """It can be attached elsewhere."""
        self.state.busy[key] = _DETACHED
        self.state.unwanted.pop(key, None)
        self.queue.add(ALL)

    # --- attaching ----------------------------------------------------------------------------------

    def _bring(self, use: Use, uses: list[Use]) -> None:
        memory, key = self.state, volume_key(use.node, use.name)
        node = self.nodes.get("", use.node)
        if node is None or key in memory.busy or _has(node, use.name):
            return
        elsewhere = self._elsewhere(use) if use.exclusive else []
        if elsewhere:
            if key not in memory.told:
                memory.told[key] = True
                self._tell_of_conflict(use, elsewhere, uses)
            return
        verdict = rules.ATTACHED.holds(node=use.node, volume=use.shown)
        self.decide("attach", f"nodes/{use.node}", verdict)
        memory.busy[key] = "attach"
        memory.told.pop(key, None)
        self.attach(use)

    def attach(self, use: Use) -> None:
        """The cloud is asked to attach it."""
        self.post(TAKES, self.attached, use)

    def _elsewhere(self, use: Use) -> list[str]:
        """The other nodes that have the volume, or are about to get or lose it."""
        having = [
            node.metadata.name
            for node in self._homes()
            if _has(node, use.name) or volume_key(node.metadata.name, use.name) in self.state.busy
        ]
        return [name for name in having if name != use.node]

    def _tell_of_conflict(self, use: Use, elsewhere: list[str], uses: list[Use]) -> None:
        verdict = rules.ATTACHED_ELSEWHERE.holds(
            node=use.node, volume=use.shown, elsewhere=", ".join(elsewhere)
        )
        self.decide("wait-for-volume", f"pods/{key_of(use.pod)}", verdict)
        others = [one.pod for one in uses if one.name == use.name and one.node in elsewhere]
        message = f'Multi-Attach error for volume "{use.shown}" {self.why(use, others)}'
        for one in uses:
            if one.name == use.name and one.node == use.node:
                self.tell(one.pod, "Warning", "FailedAttachVolume", message)

    def why(self, use: Use, others: list[Pod]) -> str:
        """Why the volume cannot be attached. others: pods on the node that has it, and want it."""
        return "Volume is already exclusively attached to one node and can't be attached to another"

    def attached(self, use: Use) -> None:
        """The disk is at the machine: its node is to know."""
        node = self.nodes.get("", use.node)
        if node is None:
            self.state.busy.pop(volume_key(use.node, use.name), None)
            return
        wanted = [*node.status.volumes_attached, AttachedVolume(name=use.name)]
        self._write(use.node, wanted, self.then(self.node_told, use))

    def node_told(self, reply: Reply, use: Use) -> None:
        """The node knows, or is told again."""
        if reply.ok:
            self.state.busy[volume_key(use.node, use.name)] = _ATTACHED
            self.tell_attached(use)
            self.queue.add(ALL)
        else:
            self.state.busy.pop(volume_key(use.node, use.name), None)
            self.queue.add_after(ALL, TAKES)

    def tell_attached(self, use: Use) -> None:
        """That it went well is no Event yet."""

    def _write(self, node: str, attached: list[AttachedVolume], then: Then) -> None:
        listed = [{"name": one.name, "devicePath": one.device_path} for one in attached]
        self.api.patch_status("nodes", "", node, {"status": {"volumesAttached": listed}}, then, before=None)


def _may_want(pod: Pod, *, csi: bool) -> bool:
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim is not None or volume.ephemeral is not None:
            return True
        if unique_name(volume, csi=csi):
            return True
    return False


def _is_over(pod: Pod) -> bool:
    """None of its containers runs, or will (IsPodTerminated)."""
    if pod.status.phase in _OVER:
        return True
    statuses = pod.status.container_statuses
    return bool(pod.metadata.deletion_timestamp) and all(one.state.running is None for one in statuses)


def _volumes_of(node: Node) -> tuple[object, ...]:
    return (*node.status.volumes_attached, *node.status.volumes_in_use)


def _seen(node: Node) -> tuple[object, ...]:
    """What of a node decides whether volumes come and go."""
    status = node.status
    return status.volumes_attached, status.volumes_in_use, is_ready_node(node), node.spec.taints


def _has(node: Node, name: str) -> bool:
    return any(one.name == name for one in node.status.volumes_attached)


def volume_key(node: str, name: str) -> str:
    """How a volume of a node is called in the memory and the queue."""
    return f"{node} {name}"
