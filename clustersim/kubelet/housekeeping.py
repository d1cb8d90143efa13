"""Housekeeping every 2 s: workers of pods that are over are forgotten, and pods that run but are not wanted
are killed.

That second part is what clears a node whose pods were deleted by force, or collected, while its kubelet was
away (v1.7.5 pkg/kubelet/kubelet_pods.go HandlePodCleanups, podKiller)."""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.kubelet import rules
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_sync import grace_period
from clustersim.kubelet.running import RunningPod, added, running_pods, running_uids
from clustersim.runtime.records import Listing

NOTHING_RUNS: Final = Listing((), ())
KILLING_CAPACITY: Final = 50
"""Pods that may wait for the pod killer (podKillingChannelCapacity)."""


class HousekeepingMemory(State):
    """running: what ran at the last look (the runtime cache, never more than 2 s old); killing: pods being
    killed. settled: all that ran at the last look was wanted, and still is."""

    running: Listing = NOTHING_RUNS
    settled: bool = False
    killing: dict[str, bool] = msgspec.field(default_factory=dict)


class Housekeeping(Part):
    """HandlePodCleanups and the pod killer. The main loop stands still until docker has answered."""

    name = "housekeeping"

    def memory(self) -> HousekeepingMemory:
        return HousekeepingMemory()

    def clean(self) -> None:
        """One pass of the main loop's housekeeping channel."""
        kubelet = self.kubelet
        pods = kubelet.pod_manager.pods
        kubelet.pod_workers.keep_only(kubelet.pod_manager.unfinished())
        kubelet.status_manager.keep_only(pods)
        kubelet.static_pods.delete_orphans()
        loop: Loop = kubelet.loops["housekeeping"]
        listing = kubelet.runtime_state.foreseen(loop)
        if listing is not None and self._all_wanted(listing):
            loop.leave_out()
            kubelet.sync_loop.cleaned()
        else:
            self.ask_runtime("ps", then=self.looked, late=loop.state.late)

    def _all_wanted(self, listing: Listing) -> bool:
        """The last look saw that: nothing runs that is to be killed."""
        memory: HousekeepingMemory = self.state
        before, memory.running = memory.running, listing
        new = added(before, listing) if memory.settled else listing
        memory.settled = running_uids(new) <= self.kubelet.pod_manager.unfinished().keys()
        return memory.settled

    def unwanted(self) -> None:
        """A pod is wanted no more: what runs is compared anew with what is wanted."""
        self.state.settled = False

    def looked(self, reply: Reply) -> None:
        """Docker's list: kill what runs and is not wanted."""
        if not reply.ok:
            error = self.kubelet.runtime_error(reply)
            self.log("kubelet_pods.go", f"Error listing containers: {error}", "E")
            self.kubelet.loops["housekeeping"].wake()
            self.kubelet.sync_loop.cleaned()
            return
        if not self._all_wanted(reply.body):
            wanted = self.kubelet.pod_manager.unfinished()
            for pod in running_pods(reply.body).values():
                if pod.uid not in wanted:
                    self._kill(pod, None)
                    self.kubelet.loops["housekeeping"].wake()
        self.ask_runtime("ps", then=self.looked_again)

    def runtime_stirred(self) -> None:
        """Docker was stopped, say, between the two looks of a pass that a lazy loop has left out: its second
        look meets that, and the main loop stands still."""
        kubelet, memory, now = self.kubelet, self.kubelet.sync_loop.state, self.engine.state.now
        if not memory.source_ready or memory.cleaning is not None or kubelet.sync_loop.blocked:
            return
        latency, way = kubelet.runtime_latency, kubelet.local_latency
        began = kubelet.loops["housekeeping"].next_pass(now - latency - way - 1)
        second = began + latency
        if began + way < now <= second + way:
            memory.cleaning = began
            self.post(max(0, second - now), self.look_again, max(0, now - second))

    def look_again(self, late: Micros) -> None:
        """The second look of such a pass."""
        self.ask_runtime("ps", then=self.looked_again, late=late)

    def looked_again(self, reply: Reply) -> None:
        """A second list, past the cache, tells which directories may go; then the main loop turns again."""
        self.kubelet.sync_loop.cleaned()

    def pod_removed(self, pod: Pod) -> None:
        """A pod left the API: kill what the last look saw of it."""
        running = running_pods(self.state.running).get(pod.metadata.uid)
        if running is not None and self.kubelet.sync_loop.state.source_ready:
            self._kill(running, grace_period(pod))

    def _kill(self, pod: RunningPod, grace: Micros | None) -> None:
        memory: HousekeepingMemory = self.state
        if pod.uid in memory.killing or len(memory.killing) >= KILLING_CAPACITY:
            return
        memory.killing[pod.uid] = True
        self.log("kubelet_pods.go", f'Killing unwanted pod "{pod.name}"')
        if grace is None and pod.containers:
            verdict = rules.POD_UNWANTED.holds(pod=pod.name)
            self.kubelet.emit("decision", "kill", f"pods/{pod.namespace}/{pod.name}", rule=verdict)
        done = Done(self.name, "killed", (pod.uid,))
        # What is pieced together from labels has no self link, without which no Event can refer to it.
        self.kubelet.container_killer.kill(
            pod.containers,
            pod.sandboxes,
            grace,
            self.kubelet.words.need_to_kill,
            done,
            known=grace is not None,
        )

    def killed(self, error: str, uid: str) -> None:
        """An unwanted pod was killed; after an error the next pass tries again."""
        self.state.killing.pop(uid, None)
        if error:
            self.log("kubelet_pods.go", f"Failed killing the pod {uid}: {error}", "E")
            self.kubelet.loops["housekeeping"].wake()
