r"""What a pod's worker does in each of its phases (v1.36.2 pkg/kubelet/kubelet.go SyncPod,
SyncTerminatingPod, SyncTerminatedPod, SyncTerminatingRuntimePod).

```
 sync: report --over?--> terminating    terminate: report -> kill all -> ask the runtime -> report the ends
       \--> volumes -> start what is missing                              finish: last report -> let it go
```
"""

from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import condition_of
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.active_deadline import REASON
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.pleg import PodView, view_of
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_sync import PodSync, grace_period
from clustersim.kubelet.pod_workers_today import Eviction
from clustersim.kubelet.references import Reference
from clustersim.kubelet.running import RunningPod
from clustersim.kubelet.status_manager_today import DISRUPTED, OWN
from clustersim.kubelet.whole_restart import is_restarting
from clustersim.runtime.records import Held, Listing

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


UNMOUNTED: Final[Micros] = 200 * MILLISECOND
"""How soon the volumes of a pod are let go of which nothing runs: two loops of 100 ms find that out, one
after the other (pkg/kubelet/volumemanager desiredStateOfWorldPopulatorLoopSleepPeriod,
reconcilerLoopSleepPeriod)."""


class PodSyncMemory(State):
    """mounted: pods whose volumes are there, and whether there are no secrets to pull their images with;
    addresses: of pods whose containers are being stopped."""

    mounted: dict[str, bool] = msgspec.field(default_factory=dict)
    addresses: dict[str, str] = msgspec.field(default_factory=dict)


class PodSyncOfToday(PodSync):
    """The syncs of all phases."""

    kubelet: "KubeletV136"

    def memory(self) -> PodSyncMemory:
        return PodSyncMemory()

    def _status(self, pod: v1.Pod, view: PodView, *, terminal: bool = False) -> v1.PodStatus:
        """As it is now; a pod that was over stays so."""
        kubelet = self.kubelet
        uid = pod.metadata.uid
        findings = kubelet.prober.findings(uid, kubelet.runtime_manager.reasons(uid))
        known = kubelet.status_manager.status_of(uid)
        old = pod.status if known is None else known
        told = (kubelet.pod_manager.get(uid) or pod).status.conditions if pod.spec.readiness_gates else ()
        others = tuple(one for one in told if one.type not in OWN)
        seen = replace(old, conditions=(*old.conditions, *others)) if others else old
        status = kubelet.generator.status(
            replace(pod, status=seen), view, kubelet.host.ip, findings, terminal=terminal
        )
        if (target := condition_of(old, DISRUPTED)) is not None and not condition_of(status, DISRUPTED):
            status = replace(status, conditions=(*status.conditions, target))
        if terminal or status.phase in FINISHED:
            kubelet.allocation.ended(uid)
        elif resizes := kubelet.allocation.conditions(uid):
            status = replace(status, conditions=(*resizes, *status.conditions))
        return self._stays_over(pod, old, status)

    def _stays_over(self, pod: v1.Pod, old: v1.PodStatus, status: v1.PodStatus) -> v1.PodStatus:
        """The phase that follows from the containers, corrected (generateAPIPodStatus): who is over here or
        in the API server stays so, who was active for too long has failed, and only a phase that stays keeps
        its reason. So a pod that was evicted, and whose containers ended well, succeeded without any reason.
        """
        phase, overdue = status.phase, old.reason == REASON
        if phase not in FINISHED:
            phase = next((one.phase for one in (old, pod.status) if one.phase in FINISHED), phase)
        reason, message = "", ""
        if phase == old.phase or overdue:
            phase, told = old.phase, pod.status
            reason, message = old.reason or told.reason, old.message or told.message
        if pod.status.phase in FINISHED:
            phase = pod.status.phase
        return replace(status, phase=phase, reason=reason, message=message)

    # --- syncing ------------------------------------------------------------------------------------

    def sync(self, pod: v1.Pod, view: PodView, serial: int) -> None:
        kubelet = self.kubelet
        uid = pod.metadata.uid
        kubelet.allocation.look(pod, view)
        status = self._status(pod, view)
        if end := kubelet.active_deadline.overdue(pod, status):
            status = replace(status, phase=end.phase, reason=end.reason, message=end.message)
        kubelet.status_manager.set_status(pod, status)
        if status.phase in FINISHED:
            kubelet.pod_workers.synced(uid, serial, "", over=True)
        elif error := kubelet.network_state.refusal(pod):
            kubelet.recorder.of_pod(pod, "Warning", "NetworkNotReady", error)
            kubelet.pod_workers.synced(uid, serial, error)
        elif is_restarting(status):
            kubelet.whole_restart.begin(pod, view, serial)
        elif uid in self.state.mounted:
            self._start(pod, view, serial)
        else:
            self.post(kubelet.flags.mount_retry_period, self.mounted, pod, serial)

    def mounted(self, pod: v1.Pod, serial: int) -> None:
        """The volumes are there: at least that of the pod's token is looked for once before it is found
        (WaitForAttachAndMount)."""
        uid = pod.metadata.uid
        if self._goes_on(uid, serial) is not None:
            self.state.mounted[uid] = not pod.spec.image_pull_secrets
            self._start(pod, self.kubelet.pleg.view(uid), serial)

    def _goes_on(self, uid: str, serial: int) -> v1.Pod | None:
        """What the worker works on, if it still waits for this sync; where the pod is to end the sync is
        over."""
        worker = self.kubelet.pod_workers.worker(uid)
        if worker is None or worker.serial != serial:
            return None
        if worker.terminating_at is not None:
            self.kubelet.pod_workers.synced(uid, serial, "")
            return None
        return worker.pod

    def _start(self, pod: v1.Pod, view: PodView, serial: int) -> None:
        self.kubelet.prober.add_pod(pod)
        uid = pod.metadata.uid
        if self.state.mounted[uid]:
            self.kubelet.runtime_manager.sync(pod, view, serial)
            return
        secrets = tuple(Reference("secrets", name, optional=True) for name in _pull_secrets(pod))
        self.kubelet.references.check(pod, secrets, Done(self.name, "pulls_with", (uid, serial)))

    def pulls_with(self, _error: str, _volume: str, found: tuple[Held, ...], uid: str, serial: int) -> None:
        """The secrets that images are pulled with were looked for; without them it is tried all the same
        (getPullSecretsForPod). Every sync asks for them, also when all containers run."""
        pod = self._goes_on(uid, serial)
        if pod is None:
            return
        there = {one.name for one in found}
        if names := [name for name in _pull_secrets(pod) if name not in there]:
            text = (
                f"Unable to retrieve some image pull secrets ({', '.join(names)}); attempting to pull the "
                "image may not succeed."
            )
            self.kubelet.recorder.of_pod(pod, "Warning", "FailedToRetrieveImagePullSecret", text)
        self.kubelet.runtime_manager.sync(pod, self.kubelet.pleg.view(uid), serial)

    # --- terminating ----------------------------------------------------------------------------------

    def terminate(
        self, pod: v1.Pod, view: PodView, serial: int, grace: Micros | None, eviction: Eviction | None
    ) -> None:
        """Stop all that runs of the pod. grace: instead of its own."""
        kubelet = self.kubelet
        uid = pod.metadata.uid
        status = self._status(pod, view)
        if eviction is not None:
            status = evicted(status, eviction)
        kubelet.status_manager.set_status(pod, status)
        self.state.addresses[uid] = status.pod_ip
        kubelet.prober.stop_liveness(pod)
        wanted = grace_period(pod) if grace is None else grace
        if view.running:
            verdict = rules.POD_DELETED.holds(pod=pod.metadata.name, grace=wanted)
            reference = f"pods/{pod.metadata.namespace}/{pod.metadata.name}"
            kubelet.emit("decision", "kill", reference, rule=verdict)
        done = Done(self.name, "stopped", (uid, serial))
        kubelet.container_killer.kill(view.running, view.sandboxes, wanted, "", done)

    def stopped(self, error: str, uid: str, serial: int) -> None:
        """Everything was told to stop, and has."""
        if error:
            self.kubelet.pod_workers.synced(uid, serial, f"error killing terminating pod: {error}")
            return
        self.ask_runtime("ps", then=self.seen_stopped, extra=(uid, serial))

    def seen_stopped(self, reply: Reply, uid: str, serial: int) -> None:
        """How the containers ended: the status that says so is formed now, since records may soon be gone."""
        kubelet = self.kubelet
        worker = kubelet.pod_workers.worker(uid)
        if worker is None or worker.serial != serial or worker.pod is None:
            return
        if not reply.ok:
            error = f"unable to get pod prior to final pod termination: {kubelet.runtime_error(reply)}"
            kubelet.pod_workers.synced(uid, serial, error)
            return
        listing: Listing = reply.body
        pod = kubelet.allocation.of(kubelet.pod_manager.get(uid) or worker.pod)
        kubelet.prober.remove_pod(pod)
        status = self._status(pod, view_of(uid, listing, self.now), terminal=True)
        address = self.state.addresses.pop(uid, "")
        ips = (v1.PodIP(ip=address),) if address else ()
        kubelet.status_manager.set_status(pod, replace(status, pod_ip=address, pod_ips=ips))
        kubelet.pod_workers.synced(uid, serial, "")

    def terminate_running(self, running: RunningPod, serial: int) -> None:
        """Stop what runs of a pod that nobody knows; there is no place to report it to."""
        verdict = rules.POD_UNWANTED.holds(pod=running.name)
        self.kubelet.emit("decision", "kill", f"pods/{running.namespace}/{running.name}", rule=verdict)
        worker = self.kubelet.pod_workers.worker(running.uid)
        grace = None if worker is None else worker.grace
        done = Done(self.name, "orphan_stopped", (running.uid, serial))
        self.kubelet.container_killer.kill(running.containers, running.sandboxes, grace, "", done)

    def orphan_stopped(self, error: str, uid: str, serial: int) -> None:
        """What nobody knew runs no more."""
        self.kubelet.pod_workers.synced(uid, serial, error)

    # --- terminated ---------------------------------------------------------------------------------

    def finish(self, pod: v1.Pod, view: PodView, serial: int) -> None:
        """Nothing runs: the last report, volumes are let go, and the pod may leave the API server. Whether
        they are is asked at once, and then every 300 ms (WaitForUnmount)."""
        uid = pod.metadata.uid
        self.kubelet.status_manager.set_status(pod, self._status(pod, view, terminal=True))
        worker = self.kubelet.pod_workers.worker(uid)
        ended = self.now if worker is None or worker.terminated_at is None else worker.terminated_at
        if self.now - ended < UNMOUNTED:
            self.post(self.kubelet.flags.mount_retry_period, self.unmounted, pod, serial)
        else:
            self.unmounted(pod, serial)

    def unmounted(self, pod: v1.Pod, serial: int) -> None:
        """No volume of the pod is left."""
        uid = pod.metadata.uid
        self.state.mounted.pop(uid, None)
        self.kubelet.attachments.let_go(uid)
        self.kubelet.status_manager.terminate(pod)
        self.kubelet.pod_workers.synced(uid, serial, "")
        self.kubelet.node_shutdown.pod_over(uid)


def evicted(status: v1.PodStatus, eviction: Eviction) -> v1.PodStatus:
    """The status of a pod that the kubelet ends itself (eviction_manager.go, evictPod)."""
    status = replace(status, phase="Failed", reason=eviction.reason, message=eviction.message)
    if not eviction.is_disruption:
        return status
    target = v1.PodCondition(
        type=DISRUPTED,
        status="True",
        reason="TerminationByKubelet",
        message=eviction.disruption or eviction.message,
        observed_generation=status.observed_generation,
    )
    others = tuple(one for one in status.conditions if one.type != target.type)
    return replace(status, conditions=(*others, target))


def _pull_secrets(pod: v1.Pod) -> tuple[str, ...]:
    return tuple(one.name for one in pod.spec.image_pull_secrets if one.name)
