"""The node as its kubelet reports it: registration once, then a status every 10 s, the heartbeat.

```
 register: POST, wait 100 ms doubling to 7 s until it or an existing node answers
 heartbeat: up to 5 tries, at once after another: GET node -> ask docker -> PATCH status
```
The next heartbeat comes 10 s after the end of the one before (v1.7.5 pkg/kubelet/kubelet_node_status.go).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final

from clustersim.api.core_v1 import ContainerImage, Node, NodeSpec, NodeStatus, Pod, Taint
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.api.topology import HOSTNAME
from clustersim.engine.actor import Then
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet import conditions
from clustersim.kubelet.part import Part
from clustersim.runtime.records import IMAGE_BYTES

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet

IMAGES_PERIOD: Final[Micros] = 30 * SECOND
MOST_IMAGES: Final = 50
"""Images named in a node's status (nodeStatusMaxImages)."""

ATTACH_DETACH: Final = "volumes.kubernetes.io/controller-managed-attach-detach"


class NodeStatusMemory(State):
    """attempt: which try of a heartbeat runs; node: as the API server last told it, to be patched.

    runtime_ok: docker answered everything so far and nothing changed since, so it need not be asked again.
    version_known: it told its version when it was last asked. images: what it had when it was last asked;
    named: as the status names them.
    """

    registered: bool = False
    step: Micros = 0
    attempt: int = 0
    node: Node | None = None
    runtime_ok: bool = False
    version_known: bool = True
    images: tuple[str, ...] = ()
    named: tuple[ContainerImage, ...] = ()
    unschedulable: bool = False


class NodeStatusManager(Part):
    """registerWithApiServer and syncNodeStatus."""

    name = "node-status"
    loop_name: ClassVar[str] = "heartbeat"

    def __init__(self, kubelet: "Kubelet") -> None:
        super().__init__(kubelet)
        self.answered: list[Callable[[Reply], None]] = []
        """Called with the answer to every report that was stored, when the next is armed."""
        self.before_change: list[Callable[[], None]] = []
        """Called before it may have something else to say."""

    def memory(self) -> NodeStatusMemory:
        return NodeStatusMemory()

    def make_loop(self) -> Loop:
        """The heartbeat, and the looks at the images that it names."""
        self.make_images_loop()
        flags = self.kubelet.flags
        return Loop(
            self.kubelet,
            self.loop_name,
            self.sync,
            flags.node_status_update_frequency,
            always=True,
            waits=True,
        )

    def make_images_loop(self) -> None:
        """The looks at the images."""
        Loop(self.kubelet, "images", self.ask_images, IMAGES_PERIOD, waits=True)

    def keep_pace(self) -> None:
        """The settings have changed."""
        self.kubelet.loops[self.loop_name].period = self.kubelet.flags.node_status_update_frequency

    def sync(self) -> None:
        """One heartbeat; the first one registers the node before."""
        if not self.state.registered:
            self._register_later()
        else:
            self._heartbeat()

    # --- registration -----------------------------------------------------------------------------

    def _register_later(self) -> None:
        memory: NodeStatusMemory = self.state
        flags = self.kubelet.flags
        step = memory.step or flags.registration_retry_initial
        memory.step = min(2 * step, flags.registration_retry_maximum)
        self.post(step, self.register)

    def register(self) -> None:
        """Create the Node object."""
        kubelet = self.kubelet
        self.log("kubelet_node_status.go", kubelet.words.registering(kubelet.node_name))
        host = kubelet.host
        metadata = ObjectMeta(
            name=kubelet.node_name,
            labels={**self.labels(), **host.labels},
            annotations={**host.annotations, ATTACH_DETACH: "true"},
        )
        spec = self.spec()
        taints = tuple(_taint(text) for text in host.taints)
        node = Node(metadata=metadata, spec=replace(spec, taints=(*spec.taints, *taints)) if taints else spec)
        node = replace(node, status=self._status(node))
        kubelet.api.create(node, self.then(self.created))

    def labels(self) -> dict[str, str]:
        """The labels a new Node has."""
        return {
            "beta.kubernetes.io/arch": "amd64",
            "beta.kubernetes.io/os": "linux",
            HOSTNAME: self.kubelet.node_name,
        }

    def spec(self) -> NodeSpec:
        """The specification of a new Node."""
        name, flags = self.kubelet.node_name, self.kubelet.flags
        return NodeSpec(external_id=name, unschedulable=not flags.register_schedulable)

    def created(self, reply: Reply) -> None:
        """The API server has the node now, had it already, or could not be asked."""
        name = self.kubelet.node_name
        if reply.ok:
            self.was_unknown()
            self._registered()
        elif reply.status == 409:
            self.kubelet.api.get("nodes", "", name, self.then(self.found))
        else:
            text = self.kubelet.words.not_registered(name, reply.message)
            self.log("kubelet_node_status.go", text, "E")
            self._register_later()

    def was_unknown(self) -> None:
        """The container manager had asked for the node before there was one, and got one that was made up,
        of which the conditions were told as well: all recordings of new nodes have these Events twice
        (v1.7.5 kubelet_getters.go getNodeAnyWay)."""
        self._status(Node())

    def found(self, reply: Reply) -> None:
        """The node exists: it is kept as it is if it is the same machine."""
        name = self.kubelet.node_name
        if not reply.ok:
            error = f"error getting existing node: {reply.message}"
            self.log("kubelet_node_status.go", self.kubelet.words.not_registered(name, error), "E")
            self._register_later()
            return
        self.log("kubelet_node_status.go", self.kubelet.words.known_before(name))
        changes = self._reconciliation(reply.body)
        if changes:
            self.kubelet.api.patch("nodes", "", name, {"metadata": changes}, self.then(self.reconciled))
        else:
            self._registered()

    def _reconciliation(self, node: Node) -> dict[str, dict[str, str]]:
        """What a kubelet that comes back puts right in the metadata of its node."""
        changes = {}
        if node.metadata.annotations.get(ATTACH_DETACH) != "true":
            changes["annotations"] = {ATTACH_DETACH: "true"}
        own = self.labels() if self.kubelet.resets_labels else {}
        if wrong := {key: text for key, text in own.items() if node.metadata.labels.get(key) != text}:
            changes["labels"] = wrong
        return changes

    def reconciled(self, reply: Reply) -> None:
        """Its metadata is as it should be."""
        self._registered()

    def _registered(self) -> None:
        self.log("kubelet_node_status.go", self.kubelet.words.registered(self.kubelet.node_name))
        self.state.registered = True
        self._heartbeat()

    # --- heartbeat --------------------------------------------------------------------------------

    def errors(self) -> tuple[str, ...]:
        """Why the node is not ready, besides what ails docker."""
        return ()

    def runtime_stirred(self) -> None:
        """Docker was started, stopped, frozen or resumed: the next heartbeat asks it again."""
        self.may_change()
        self.state.runtime_ok = False

    def may_change(self) -> None:
        """The next report may say something else."""
        for prepare in self.before_change:
            prepare()

    def stays_the_same(self) -> bool:
        """While nothing happens, every report says the same as one that is made now."""
        kubelet = self.kubelet
        well = (
            self.state.runtime_ok
            and kubelet.runtime_state.stays_well()
            and not kubelet.network_state.errors()
        )
        return well and not any(kubelet.eviction.pressed(kind) for kind in kubelet.pressures)

    def repeats(self, node: Node) -> bool:
        """While nothing happens, every report says the same as the one that the node now holds."""
        kubelet, memory = self.kubelet, self.state
        if not self.stays_the_same():
            return False
        boot_id = node.status.node_info.boot_id
        if node.spec.unschedulable != memory.unschedulable or boot_id != kubelet.host.boot_id:
            return False
        status, told = conditions.node_status(kubelet, node)
        same: bool = conditions.beaten(node.status, rfc3339(kubelet.clock)) == status
        return same and not told

    def _heartbeat(self) -> None:
        self.state.attempt = 0
        self._try()

    def _try(self) -> None:
        self.kubelet.heartbeats.get("nodes", "", self.kubelet.node_name, self.then(self.got))

    def got(self, reply: Reply) -> None:
        """The node as the API server has it; ask docker for its version and images, which a frozen docker
        delays."""
        if not reply.ok:
            self._failed(f'error getting node "{self.kubelet.node_name}": {reply.message}')
            return
        self.state.node = reply.body
        if self.state.runtime_ok:
            self._patch()
        else:
            self.ask_runtime("version", then=self.versioned)

    def read_anew(self, pod: Pod) -> None:
        """Ask how the node is now, for a pod that its labels or taints keep out (predicate.go Admit)."""
        self.kubelet.api.get("nodes", "", self.kubelet.node_name, self.then(self.read, pod))

    def read(self, reply: Reply, pod: Pod) -> None:
        """The node as it is now, unless nobody could say."""
        if reply.ok:
            self.state.node = reply.body
        self.kubelet.sync_handler.decide(pod)

    def versioned(self, reply: Reply) -> None:
        """Docker told its version, or not."""
        self.state.runtime_ok = reply.ok
        self.state.version_known = reply.ok
        self._patch()

    def _patch(self) -> None:
        node = self._with_news(self.state.node)
        status = self._status(node)
        self._send(node, status, self.then(self.patched))

    def _send(self, node: Node, status: NodeStatus, then: Then) -> None:
        """Patch what differs from the node as it was read."""
        name = node.metadata.name
        self.kubelet.heartbeats.patch_status("nodes", "", name, status, then, before=node.status)

    def _with_news(self, node: Node) -> Node:
        """The node, once it is told that it was booted anew, or cordoned."""
        kubelet = self.kubelet
        boot_id = node.status.node_info.boot_id
        if boot_id and boot_id != kubelet.host.boot_id:
            message = f"Node {node.metadata.name} has been rebooted, boot id: {kubelet.host.boot_id}"
            kubelet.recorder.of_node("Warning", "Rebooted", message)
        if node.spec.unschedulable != self.state.unschedulable:
            self.state.unschedulable = node.spec.unschedulable
            self._recorded("NodeNotSchedulable" if node.spec.unschedulable else "NodeSchedulable")
        return node

    def patched(self, reply: Reply) -> None:
        """The heartbeat arrived, or another try is due."""
        if reply.ok:
            self._round_over()
            for tell in self.answered:
                tell(reply)
        else:
            self._failed(reply.message)

    def _failed(self, error: str) -> None:
        memory: NodeStatusMemory = self.state
        source = "kubelet_node_status.go"
        words = self.kubelet.words
        self.log(source, words.failure("Error updating node status, will retry", error), "E")
        memory.attempt += 1
        if memory.attempt < self.kubelet.flags.node_status_update_retry:
            self._try()
            return
        self.log(source, words.gave_up(), "E")
        self._round_over()

    def _round_over(self) -> None:
        """The status is written, or was given up: the next round comes one period from now."""
        self.kubelet.loops[self.loop_name].done()

    # --- images -----------------------------------------------------------------------------------

    def ask_images(self) -> None:
        """Which images the runtime has; the status names them as of the last look (image_gc_manager.go)."""
        late = self.kubelet.loops["images"].state.late
        self.ask_runtime("images", then=self.images_told, late=late)

    def images_told(self, reply: Reply) -> None:
        """The runtime told, or did not."""
        if reply.ok and self.state.images != reply.body:
            self.may_change()
            self.state.images, self.state.named = reply.body, self._named(reply.body)
        self.kubelet.loops["images"].done()
        if not reply.ok:
            self.kubelet.loops["images"].wake()

    def _named(self, images: tuple[str, ...]) -> tuple[ContainerImage, ...]:
        """Those that the status names; all are of one size here."""
        name = self.kubelet.words.image_name
        return tuple(
            ContainerImage(names=(name(image),), size_bytes=IMAGE_BYTES) for image in images[:MOST_IMAGES]
        )

    # --- the status -------------------------------------------------------------------------------

    def capacity(self) -> dict[str, str]:
        """What there is of each resource that the kubelet itself knows."""
        host, pods = self.kubelet.host, self.kubelet.flags.max_pods
        return {"cpu": host.cpu, "memory": host.memory, "pods": str(pods), **host.capacity}

    def _status(self, node: Node) -> NodeStatus:
        kubelet = self.kubelet
        status, events = conditions.node_status(kubelet, node)
        for event in events:
            self._recorded(event.reason)
            if event.verdict is not None:
                reference = f"nodes/{kubelet.node_name}"
                kubelet.emit("decision", event.reason, reference, rule=event.verdict)
        return status

    def _recorded(self, reason: str) -> None:
        name = self.kubelet.node_name
        self.log("kubelet_node_status.go", self.kubelet.words.recording(name, reason))
        self.kubelet.recorder.of_node("Normal", reason, f"Node {name} status is now: {reason}")


def _taint(text: str) -> Taint:
    """ "key=value:effect", as --register-with-taints takes it."""
    left, _colon, effect = text.rpartition(":")
    key, _equals, value = left.partition("=")
    return Taint(key=key, value=value, effect=effect)
