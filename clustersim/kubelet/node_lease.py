"""The node's Lease: the heartbeat of today. A small object of the node's own, renewed every 10 s.

```
 no lease known --GET, or POST once the Node exists; wait 100 ms doubling to 7 s--> lease known
 lease known --every 10 s: PUT, up to 5 times at once after another--> lease known, or none again
```
(v1.36.2 staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go, pkg/kubelet/util/nodelease.go)
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339_micro
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags.duration import format_duration
from clustersim.kubelet.part import Part

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet

NAMESPACE: Final = "kube-node-lease"
ATTEMPTS: Final = 5
FIRST_WAIT: Final[Micros] = 100 * MILLISECOND
LONGEST_WAIT: Final[Micros] = 7 * SECOND
SOURCE: Final = "controller.go"


class NodeLeaseMemory(State):
    """lease: as the API server last had it, None if it must be asked; attempt: which try of a renewal runs;
    wait: the last one before asking for the lease again; fallback: the lease was asked for anew because
    renewing what was known had failed."""

    lease: Lease | None = None
    attempt: int = 0
    wait: Micros = 0
    fallback: bool = False


class NodeLease(Part):
    """The lease controller of a kubelet."""

    name = "node-lease"

    def __init__(self, kubelet: "Kubelet") -> None:
        super().__init__(kubelet)
        self.answered: list[Callable[[Reply], None]] = []
        """Called with the answer to every renewal that was stored, when the next is armed."""

    def memory(self) -> NodeLeaseMemory:
        return NodeLeaseMemory()

    def make_loop(self) -> Loop:
        """The renewals: the heartbeat."""
        jitter = self.kubelet.flags.heartbeat_jitter
        return Loop(
            self.kubelet, "heartbeat", self.sync, self._period(), jitter=jitter, always=True, waits=True
        )

    def _period(self) -> Micros:
        flags = self.kubelet.flags
        return int(flags.node_lease_duration * flags.lease_renew_share)

    def keep_pace(self) -> None:
        """The settings have changed."""
        self.kubelet.loops["heartbeat"].period = self._period()

    def sync(self) -> None:
        """Renew the lease that is known, or get to know it."""
        memory: NodeLeaseMemory = self.state
        memory.attempt = 0
        memory.fallback = memory.lease is None
        if memory.lease is not None:
            self._renew()
        else:
            self._ensure_anew()

    # --- renewing ---------------------------------------------------------------------------------

    def _renew(self) -> None:
        lease: Lease = self.state.lease
        renewed = replace(lease, spec=self.fresh(lease.spec, self.now))
        self.kubelet.heartbeats.update(renewed, self.then(self.renewed))

    def fresh(self, spec: LeaseSpec, at: Micros) -> LeaseSpec:
        """What a renewal at that moment says: the time of the machine's clock, and how long it is good by the
        settings of now (component-helpers/apimachinery/lease/controller.go newLease)."""
        kubelet = self.kubelet
        return replace(
            spec,
            lease_duration_seconds=kubelet.flags.node_lease_duration // SECOND,
            renew_time=rfc3339_micro(at + kubelet.host.state.clock_skew),
        )

    def renewed(self, reply: Reply) -> None:
        """The renewal is stored, or another try is due: after a conflict with the lease as it is now."""
        memory: NodeLeaseMemory = self.state
        if reply.ok:
            memory.lease = reply.body
            self._done()
            for tell in self.answered:
                tell(reply)
            return
        self.log(SOURCE, f'"Failed to update lease" err="{reply.message}"', "E")
        memory.attempt += 1
        if memory.attempt >= ATTEMPTS:
            self._gave_up()
        elif reply.status == 409:
            self._ensure_anew()
        else:
            self._renew()

    def _gave_up(self) -> None:
        memory: NodeLeaseMemory = self.state
        error = f"failed {ATTEMPTS} attempts to update lease"
        if memory.fallback:
            self.log(SOURCE, f'"Will retry updating lease" err="{error}" interval="10s"', "E")
            self._done()
            return
        self.log(
            SOURCE,
            f'"failed to update lease using latest lease, fallback to ensure lease" err="{error}"',
            "W",
        )
        memory.fallback = True
        memory.attempt = 0
        self._ensure_anew()

    def _done(self) -> None:
        self.kubelet.loops["heartbeat"].done()

    # --- getting to know it -----------------------------------------------------------------------

    def _ensure_anew(self) -> None:
        self.state.wait = FIRST_WAIT
        self.ensure()

    def ensure(self) -> None:
        """Ask for the lease."""
        self.kubelet.heartbeats.get("leases", NAMESPACE, self.kubelet.node_name, self.then(self.found))

    def found(self, reply: Reply) -> None:
        """The lease is there and is renewed, or must be made, for which the Node must be there."""
        if reply.ok:
            self.state.lease = reply.body
            self._renew()
        elif reply.status == 404:
            self.kubelet.heartbeats.get("nodes", "", self.kubelet.node_name, self.then(self.owned))
        else:
            self._later(reply)

    def owned(self, reply: Reply) -> None:
        """Make the lease the Node's; without a Node the next pass tries again."""
        if not reply.ok:
            self.log(SOURCE, '"Failed to get node when trying to set owner ref to the node lease"', "E")
            self.state.lease = None
            self._done()
            return
        name = self.kubelet.node_name
        owner = OwnerReference(api_version="v1", kind="Node", name=name, uid=reply.body.metadata.uid)
        lease = Lease(
            metadata=ObjectMeta(name=name, namespace=NAMESPACE, owner_references=(owner,)),
            spec=self.fresh(LeaseSpec(holder_identity=name), self.now),
        )
        self.kubelet.heartbeats.create(lease, self.then(self.created))

    def created(self, reply: Reply) -> None:
        """The lease was made, and is fresh."""
        if reply.ok:
            self.state.lease = reply.body
            self._done()
        else:
            self._later(reply)

    def _later(self, reply: Reply) -> None:
        memory: NodeLeaseMemory = self.state
        memory.wait = min(2 * memory.wait, LONGEST_WAIT)
        self.log(
            SOURCE,
            f'"Failed to ensure lease exists, will retry" err="{reply.message}" '
            f'interval="{format_duration(memory.wait)}"',
            "E",
        )
        self.post(memory.wait, self.ensure)
