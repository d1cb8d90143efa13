r"""syncPod: one pod from what docker has of it towards what the API server wants (v1.7.5
pkg/kubelet/kubelet.go).

```
 report status --deleted or failed?--> kill everything
               \--otherwise---------> runtime_manager: start what is missing, kill what is wrong
```
"""

from clustersim.api.core_v1 import Pod
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_phase import is_over


class PodSync(Part):
    """The decision of each sync."""

    name = "pod-sync"

    def sync(self, pod: Pod, view: PodView, serial: int) -> None:
        """Sync a pod for its worker; the worker hears when it is over."""
        kubelet = self.kubelet
        uid = pod.metadata.uid
        findings = kubelet.prober.findings(uid, kubelet.runtime_manager.reasons(uid))
        found = kubelet.generator.status(pod, view, kubelet.host.ip, findings)
        status = kubelet.active_deadline.overdue(pod, found) or found
        kubelet.status_manager.set_status(pod, status)
        if pod.metadata.deletion_timestamp or status.phase == "Failed":
            self._kill(pod, view, serial)
        elif error := kubelet.network_state.refusal(pod):
            kubelet.pod_workers.synced(uid, serial, error)
        else:
            if status.phase == "Succeeded":
                kubelet.attachments.let_go(uid)
            kubelet.runtime_manager.sync(pod, view, serial)

    def _kill(self, pod: Pod, view: PodView, serial: int) -> None:
        kubelet = self.kubelet
        grace = grace_period(pod)
        if view.running and pod.metadata.deletion_timestamp:
            verdict = rules.POD_DELETED.holds(pod=pod.metadata.name, grace=grace)
            reference = f"pods/{pod.metadata.namespace}/{pod.metadata.name}"
            kubelet.emit("decision", "kill", reference, rule=verdict)
        kubelet.container_killer.kill(
            view.running,
            view.sandboxes,
            grace,
            kubelet.words.need_to_kill,
            Done(self.name, "killed", (pod.metadata.uid, serial)),
        )

    def killed(self, error: str, uid: str, serial: int) -> None:
        """Everything of a pod has been stopped: its volumes are unmounted."""
        if not error:
            self.kubelet.attachments.let_go(uid)
        text = f"error killing pod: {error}" if error else ""
        self.kubelet.pod_workers.synced(uid, serial, text)

    def is_terminated(self, pod: Pod) -> bool:
        """Nothing is left to be done for the pod."""
        return is_over(pod, self.kubelet.status_manager.status_of(pod.metadata.uid))


def grace_period(pod: Pod) -> Micros:
    """How long its containers have between SIGTERM and SIGKILL."""
    seconds = pod.metadata.deletion_grace_period_seconds
    if seconds is None:
        seconds = pod.spec.termination_grace_period_seconds
    return seconds * SECOND
