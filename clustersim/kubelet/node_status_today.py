"""The Node object of today: its status is looked at every 10 s, but written only when it changed, or when it
was not written for 5 min. The heartbeat is the Lease (node_lease.py).

After a change, or a start, the 5 min are half as long to half as long again, so that not all nodes of a
cluster write at once (v1.36.2 pkg/kubelet/kubelet_node_status.go).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from clustersim.api.core_v1 import (
    Node,
    NodeSpec,
    NodeStatus,
    NodeSwapStatus,
)
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.api.topology import HOSTNAME
from clustersim.client.informer import Informer
from clustersim.engine.loop import Loop
from clustersim.engine.process import STOPPED
from clustersim.engine.time import MILLISECOND, MINUTE, Micros
from clustersim.kubelet.allocatable import EPHEMERAL_STORAGE
from clustersim.kubelet.node_status import NodeStatusManager, NodeStatusMemory
from clustersim.machine import DISK_BYTES
from clustersim.node_ready import is_ready_node

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

FAST_PERIOD: Final[Micros] = 100 * MILLISECOND
FAST_LIMIT: Final[Micros] = 2 * MINUTE
CSI_NODE: Final[Micros] = 250 * MILLISECOND
"""From the birth of a Node to that of its CSINode (recorded: a new Node is Ready 0.34 s after its birth)."""

DISK: Final = f"{DISK_BYTES >> 30}Gi"

DECLARED: Final = (
    "ExtendWebSocketsToKubelet",
    "InPlacePodLevelResourcesVerticalScaling",
    "InPlacePodVerticalScalingInitContainers",
    "RestartAllContainersOnContainerExits",
)
"""What a kubelet of v1.36 says it can (recorded; component-helpers/nodedeclaredfeatures)."""


class NodeReportMemory(NodeStatusMemory):
    """reported: when the status was last written, None before the first time; delay: by how much the next
    regular writing comes later than usual; fast_until: how long readiness is looked for after the start;
    csi_node: it is known to exist; fast: that the node is ready is being written, and a regular round that is
    due meanwhile is held."""

    reported: Micros | None = None
    delay: Micros = 0
    fast_until: Micros = 0
    csi_node: bool = False
    fast: bool = False
    held: bool = False


class NodeStatusOfToday(NodeStatusManager):
    """syncNodeStatus of v1.36."""

    loop_name = "node-status"
    kubelet: "KubeletV136"

    def __init__(self, kubelet: "KubeletV136") -> None:
        super().__init__(kubelet)
        fields = {"metadata.name": kubelet.node_name}
        self.informer = Informer(kubelet.api, "nodes", self.node_changed, fields=fields)
        self.once_known: list[Callable[[], None]] = []
        self.before_change.append(self.look_again)
        kubelet.before_interruption.append(self.look_again)

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """The Node in the cache is another; the range of its pods is told to the network plugin."""
        if new is not None and new.spec.pod_cidr:
            self.kubelet.host.state.pod_cidr = new.spec.pod_cidr
        if old is None and new is not None:
            for listener in self.once_known:
                listener()
        self.look_again()

    def look_again(self) -> None:
        """What the next looks see may be something else than what the last one saw."""
        if self.kubelet.status.phase != STOPPED and self.loop_name in self.kubelet.state.loops:
            self.kubelet.loops[self.loop_name].rouse()

    def memory(self) -> NodeReportMemory:
        return NodeReportMemory()

    def make_loop(self) -> Loop:
        """The looks at the status, and at the images that it names."""
        flags = self.kubelet.flags
        self.make_images_loop()
        return Loop(
            self.kubelet,
            self.loop_name,
            self.sync,
            flags.node_status_update_frequency,
            jitter=flags.heartbeat_jitter,
            always=True,
            waits=True,
        )

    def labels(self) -> dict[str, str]:
        name = self.kubelet.node_name
        stable = {"kubernetes.io/arch": "amd64", HOSTNAME: name, "kubernetes.io/os": "linux"}
        beta = {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux"}
        return {**beta, **stable}

    def spec(self) -> NodeSpec:
        return NodeSpec(unschedulable=not self.kubelet.flags.register_schedulable)

    # --- the status -------------------------------------------------------------------------------

    def sync(self) -> None:
        """One round, as soon as no other is under way."""
        memory: NodeReportMemory = self.state
        memory.fast_until = memory.fast_until or self.now + FAST_LIMIT
        if memory.fast:
            memory.held = True
        else:
            super().sync()

    def created(self, reply: Reply) -> None:
        """A Node that was there has its CSINode; a new one gets it, and is not ready before
        (pkg/volume/csi/csi_plugin.go)."""
        if reply.ok:
            self.post(CSI_NODE, self.csi_node_made)
        elif reply.status == 409:
            self.state.csi_node = True
        super().created(reply)

    def was_unknown(self) -> None:
        """Recordings of new nodes have each Event once."""

    def csi_node_made(self) -> None:
        """Volumes can be attached to the node now."""
        self.look_again()
        self.state.csi_node = True

    def errors(self) -> tuple[str, ...]:
        going = self.kubelet.node_shutdown.errors()
        return going if self.state.csi_node else ("CSINode is not yet initialized", *going)

    def _registered(self) -> None:
        super()._registered()
        self.post(FAST_PERIOD, self.look_for_readiness)

    def _try(self) -> None:
        """The first try looks into the cache, further ones ask the API server."""
        if self.state.attempt:
            super()._try()
        elif (node := self.informer.get("", self.kubelet.node_name)) is not None:
            self.got(Reply(200, node))
        else:
            name = self.kubelet.node_name
            self._failed(f'error getting node "{name}": node "{name}" not found')

    def _patch(self) -> None:
        """Write the status if it says something new, or was not written for long."""
        memory: NodeReportMemory = self.state
        frequency = self.kubelet.flags.node_status_report_frequency
        node = self._with_news(self.state.node)
        status = self._status(node)
        changed = not _says_the_same(node.status, status)
        if not changed and memory.reported is not None:
            due = memory.reported + frequency + memory.delay
            if self.now < due:
                # Further tries take as long as the GET.
                if not memory.attempt and not memory.fast and self.stays_the_same():
                    self.kubelet.loops[self.loop_name].rest(due)
                else:
                    self._round_over()
                return
            memory.delay = 0
        else:
            memory.delay = int((self.kubelet.random("report").random() - 0.5) * frequency)
        self._send(node, status, self.then(self.patched))

    def patched(self, reply: Reply) -> None:
        if reply.ok:
            self.state.reported = self.now
        super().patched(reply)

    def _round_over(self) -> None:
        memory: NodeReportMemory = self.state
        if not memory.fast:
            super()._round_over()
            return
        memory.fast = False
        if memory.held:
            memory.held = False
            self.sync()

    def capacity(self) -> dict[str, str]:
        return {EPHEMERAL_STORAGE: DISK, **super().capacity()}

    @property
    def _swap(self) -> NodeSwapStatus | None:
        """Bytes of swap, where it is on (MachineInfo)."""
        swap = self.kubelet.host.state.swap
        return NodeSwapStatus(capacity=swap << 20) if swap else None

    def _status(self, node: Node) -> NodeStatus:
        status = super()._status(node)
        return replace(
            status,
            declared_features=DECLARED,
            node_info=replace(status.node_info, kube_proxy_version="", swap=self._swap),
        )

    # --- fast at the start ------------------------------------------------------------------------

    def look_for_readiness(self) -> None:
        """Shortly after its start the kubelet looks ten times a second, besides the regular rounds and never
        during one, whether its node can be Ready at last (fastStatusUpdateOnce)."""
        memory: NodeReportMemory = self.state
        node = self.informer.get("", self.kubelet.node_name)
        if node is not None and is_ready_node(node):
            return
        if self.now >= memory.fast_until:
            self.log("kubelet_node_status.go", '"Node not becoming ready in time after startup"', "E")
        elif node is None or self.kubelet.loops[self.loop_name].state.running:
            self.post(FAST_PERIOD, self.look_for_readiness)
        else:
            memory.fast = True
            self.ask_runtime("version", then=self.looked_at)

    def looked_at(self, reply: Reply) -> None:
        """The runtime was asked once more: it is told at once if the node can be Ready now."""
        memory: NodeReportMemory = self.state
        kubelet = self.kubelet
        node = self.informer.get("", kubelet.node_name)
        if reply.ok:
            kubelet.runtime_state.found_well()
        if node is None or self.errors() or kubelet.runtime_state.errors():
            self._round_over()
            self.post(FAST_PERIOD, self.look_for_readiness)
            return
        memory.node = node
        memory.runtime_ok = memory.version_known = True
        self._send(node, self._status(node), self.then(self.told))

    def told(self, reply: Reply) -> None:
        """The node is Ready; or a regular round tries it again."""
        memory: NodeReportMemory = self.state
        if reply.ok or memory.held:
            memory.reported = self.now if reply.ok else memory.reported
            self._round_over()
        else:
            self._heartbeat()


def _says_the_same(old: NodeStatus, new: NodeStatus) -> bool:
    """nodeStatusHasChanged: the times of heartbeats do not count."""
    if len(old.conditions) != len(new.conditions):
        return False
    before = {condition.type: condition for condition in old.conditions}
    for condition in new.conditions:
        known = before.get(condition.type)
        if known is None or replace(known, last_heartbeat_time=condition.last_heartbeat_time) != condition:
            return False
    same: bool = replace(old, conditions=()) == replace(new, conditions=())
    return same
