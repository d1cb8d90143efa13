"""Garbage collection of dead containers and sandboxes: once a minute, counted from the kubelet's start.

Of each container of a living pod one dead predecessor is kept; of pods that are gone nothing (v1.7.5
pkg/kubelet/kuberuntime/kuberuntime_gc.go). Besides, the death of a container prunes its older siblings at
once (pkg/kubelet/pod_container_deletor.go), and where the disk is full more goes than otherwise: in v1.7 and
v1.8 all that is dead, today what is left of pods that are over (DeleteAllUnusedContainers)."""

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.runtime.records import RUNNING, Container, Listing, Sandbox


class Removals(State):
    """Of one pass. left: how many are not answered yet; error: of the last that failed."""

    left: int = 0
    error: str = ""


class ContainerGCMemory(State):
    """regular: the pass that runs; urgent: the one by which room is made, by its number."""

    regular: Removals = msgspec.field(default_factory=Removals)
    urgent: dict[int, Removals] = msgspec.field(default_factory=dict)
    next_urgent: int = 1


class ContainerGC(Part):
    """The collector."""

    name = "container-gc"

    def memory(self) -> ContainerGCMemory:
        return ContainerGCMemory()

    def make_loop(self) -> Loop:
        """The collection."""
        kubelet = self.kubelet
        return Loop(
            kubelet,
            "container-gc",
            self.collect,
            kubelet.flags.container_gc_period,
            cost=kubelet.runtime_latency,
            waits=True,
        )

    @property
    def loop(self) -> Loop:
        """Its loop."""
        loop: Loop = self.kubelet.loops["container-gc"]
        return loop

    def collect(self) -> None:
        """A pass: ask for everything, unless all lives."""
        foreseen = self.kubelet.runtime_state.foreseen(self.loop)
        if foreseen is not None and foreseen.all_live:
            self.loop.leave_out()
            return
        self.ask_runtime("ps", then=self.looked, late=self.loop.state.late)

    def looked(self, reply: Reply) -> None:
        """Docker's list: remove what is garbage."""
        if not reply.ok:
            self._failed(self.kubelet.runtime_error(reply))
            self.loop.done()
            self.loop.wake()
            return
        memory: ContainerGCMemory = self.state
        if reply.body.all_live:
            memory.regular = Removals()
            self.loop.done()
            return
        containers = self._dead_containers(reply.body)
        sandboxes = self._dead_sandboxes(reply.body, containers)
        memory.regular = Removals(len(containers) + len(sandboxes))
        for container in containers:
            self.ask_runtime("remove", container.id, then=self.removed)
        for sandbox in sandboxes:
            self.ask_runtime("remove_sandbox", sandbox.id, then=self.removed)
        if not memory.regular.left:
            self.loop.done()

    def removed(self, reply: Reply) -> None:
        """One record is gone, or could not be removed."""
        regular: Removals = self.state.regular
        regular.left -= 1
        if not reply.ok:
            regular.error = self.kubelet.runtime_error(reply)
        if not regular.left:
            if regular.error:
                self._failed(regular.error)
            self.loop.done()
            if regular.error:
                self.loop.wake()

    # --- making room ----------------------------------------------------------------------------------

    def delete_unused(self, done: Done) -> None:
        """Remove at once what is not kept where the disk is full, and tell `done`."""
        self.ask_runtime("ps", then=self.looked_for_room, extra=(done,))

    def looked_for_room(self, reply: Reply, done: Done) -> None:
        """The runtime told what it has, or did not."""
        if not reply.ok:
            self._tell(done, self.kubelet.runtime_error(reply))
            return
        containers = self._dead_containers(reply.body, urgent=True)
        sandboxes = self._dead_sandboxes(reply.body, containers, urgent=True)
        memory: ContainerGCMemory = self.state
        if not containers and not sandboxes:
            self._tell(done, "")
            return
        number = memory.next_urgent
        memory.next_urgent = number + 1
        memory.urgent[number] = Removals(len(containers) + len(sandboxes))
        for container in containers:
            self.ask_runtime("remove", container.id, then=self.removed_for_room, extra=(number, done))
        for sandbox in sandboxes:
            self.ask_runtime("remove_sandbox", sandbox.id, then=self.removed_for_room, extra=(number, done))

    def removed_for_room(self, reply: Reply, number: int, done: Done) -> None:
        """One record is gone, or could not be removed."""
        urgent: Removals = self.state.urgent[number]
        urgent.left -= 1
        if not reply.ok:
            urgent.error = self.kubelet.runtime_error(reply)
        if not urgent.left:
            del self.state.urgent[number]
            self._tell(done, urgent.error)

    def _tell(self, done: Done, error: str) -> None:
        getattr(self.kubelet.parts[done.part], done.method)(error, *done.args)

    def may_go_for_room(self, uid: str) -> bool:
        """All that is dead of the pod may, where the disk is full."""
        return True

    # --- what goes ------------------------------------------------------------------------------------

    def _failed(self, error: str) -> None:
        self.kubelet.recorder.of_node("Warning", "ContainerGCFailed", error)
        text = self.kubelet.words.failure("Container garbage collection failed", error)
        self.log("kubelet.go", text, "E")

    def _dead_containers(self, listing: Listing, *, urgent: bool = False) -> list[Container]:
        flags = self.kubelet.flags
        units: dict[tuple[str, str], list[Container]] = {}
        for container in reversed(listing.containers):
            old_enough = self.kubelet.now - container.created_at >= flags.minimum_container_ttl_duration
            if container.state != RUNNING and old_enough:
                units.setdefault((container.pod_uid, container.name), []).append(container)
        found: list[Container] = []
        kept: list[Container] = []
        for (uid, _), dead in units.items():
            keep = flags.maximum_dead_containers_per_container
            if self.kubelet.sync_loop.state.source_ready and self._all_goes(uid, urgent=urgent):
                keep = 0
            found += dead[keep:] if keep >= 0 else []
            kept += dead[:keep] if keep >= 0 else dead
        most = flags.maximum_dead_containers
        if 0 <= most < len(kept):
            found += self._beyond(most, kept)
        found.sort(key=lambda container: container.created_at)
        return found

    def _beyond(self, most: int, kept: list[Container]) -> list[Container]:
        """What is too much of all together: first every container keeps equally many, one at least, then the
        oldest go (evictContainers)."""
        units: dict[tuple[str, str], list[Container]] = {}
        for container in kept:
            units.setdefault((container.pod_uid, container.name), []).append(container)
        each = max(1, most // len(units))
        found = [container for dead in units.values() for container in dead[each:]]
        left = [container for dead in units.values() for container in dead[:each]]
        left.sort(key=lambda container: container.created_at, reverse=True)
        return found + left[most:]

    def _dead_sandboxes(
        self, listing: Listing, removed: list[Container], *, urgent: bool = False
    ) -> list[Sandbox]:
        gone = {container.id for container in removed}
        used = {container.sandbox_id for container in listing.containers if container.id not in gone}
        by_pod: dict[str, list[Sandbox]] = {}
        for sandbox in reversed(listing.sandboxes):
            by_pod.setdefault(sandbox.pod_uid, []).append(sandbox)
        found = []
        for uid, sandboxes in by_pod.items():
            all_go = self.kubelet.sync_loop.state.source_ready and self._all_goes(uid, urgent=urgent)
            for sandbox in sandboxes if all_go else sandboxes[1:]:
                if not sandbox.ready and sandbox.id not in used:
                    found.append(sandbox)
        return found

    def _all_goes(self, uid: str, *, urgent: bool) -> bool:
        return self.kubelet.records_may_go(uid) or (urgent and self.may_go_for_room(uid))

    def prune(self, uid: str, container_id: str) -> None:
        """A container died: of its dead siblings only the newest stay."""
        keep = self.kubelet.flags.maximum_dead_containers_per_container
        view = self.kubelet.pleg.view(uid)
        if self._all_may_go(uid):
            for container in view.containers:
                self.ask_runtime("remove", container.id, then=self.pruned)
            return
        died = next((container for container in view.containers if container.id == container_id), None)
        if died is None or keep < 0:
            self.log("pod_container_deletor.go", *self.kubelet.words.not_of_pod(container_id))
            return
        dead = [c for c in view.containers if c.name == died.name and c.state != RUNNING]
        for container in dead[keep:]:
            self.ask_runtime("remove", container.id, then=self.pruned)

    def _all_may_go(self, uid: str) -> bool:
        """Nothing is kept of a pod that was evicted, as soon as the API server says so, and today of one that
        is over (kubelet.go cleanUpContainersInPod)."""
        pod = self.kubelet.pod_manager.get(uid)
        if pod is not None and pod.status.phase == "Failed" and pod.status.reason == "Evicted":
            return True
        return self.kubelet.prunes_at_once and self.kubelet.records_may_go(uid)

    def pruned(self, reply: Reply) -> None:
        """A sibling is gone; if not, the minute's pass removes it."""
        if not reply.ok:
            self.loop.wake()
